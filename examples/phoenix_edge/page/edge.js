// The page of the edge: logs in with a token of the application, and is in one room.

import { Socket } from './channels.js';
import { byId, make, markField, onClick, onSubmit, setText } from './dom.js';
import { addLine, addTerm, avatar, clearLines } from './lines.js';
import { forgetToken, identify, keepToken, keptToken, loginPage, tokenFromAddress } from './login.js';

const WORDS = { closed: 'Not connected', connecting: 'Connecting…', open: 'Connected', waiting: 'Reconnecting…' };
const DISCONNECTED = 1001;

let token = '';
let room = null;
let cluster = null;

const socket = new Socket('socket', { params: credentials });

// A browser does not tell why a connection was refused: from the second attempt on we ask.
async function credentials(tries) {
  if (tries > 0) {
    const { problem, isFinal } = await identify(token);
    if (isFinal) signOut(problem);
  }
  return { token };
}

socket.onState(() => {
  byId('status').dataset.state = socket.state;
  setText(byId('status-word'), WORDS[socket.state]);
  if (socket.lost) {
    byId('lost').hidden = false;
    setText(byId('lost'), socket.lost.code === DISCONNECTED
      ? 'The application has closed this connection, or the edge stops. Connecting again…'
      : 'The edge can’t be reached. Connecting again…');
  }
  showSend();
});

// ---- logging in and out ----

async function signIn(given) {
  const { user, problem } = await identify(given);
  if (problem) return problem;
  token = given;
  keepToken(token);
  avatar(byId('your-avatar'), user.name);
  byId('your-name').textContent = user.name;
  byId('you').hidden = byId('inside').hidden = false;
  byId('login').hidden = true;
  socket.connect();
  watchCluster();
  enterRoom('1');
  return '';
}

function signOut(why = '') {
  room?.leave();
  cluster?.leave();
  room = cluster = null;
  socket.disconnect();
  token = '';
  forgetToken();
  showLogin(why);
}

function showLogin(why) {
  byId('you').hidden = byId('inside').hidden = true;
  byId('login').hidden = false;
  byId('login-notice').hidden = why === '';
  setText(byId('login-notice'), why);
  byId('token').value = '';
  byId('token').focus();
}

// ---- the room and the cluster ----

function enterRoom(name) {
  room?.leave();
  clearLines();
  const topic = `room:${name}`;
  byId('room-name').textContent = topic;
  byId('sample').textContent = `MyAppWeb.Endpoint.broadcast(\n  "${topic}", "new_msg",\n  %{name: "iex", body: "hello"})`;
  room = socket.channel(topic);
  room.on('new_msg', addLine);
  room.on('term', addTerm);
  room.onState(showSend);
  room.onJoined(() => { byId('lost').hidden = true; });
  room.join().catch(() => {}); // it joins again by itself
  byId('body').focus();
}

function watchCluster() {
  cluster = socket.channel('edge:cluster');
  cluster.onJoined(({ edge, pubsub, nodes }) => {
    byId('edge').textContent = edge;
    byId('pubsub').textContent = pubsub;
    showNodes(nodes);
  });
  cluster.on('nodes', ({ nodes }) => showNodes(nodes));
  cluster.join().catch(() => {});
}

function showNodes(nodes) {
  const dot = () => make('span', { class: 'dot', 'aria-hidden': 'true' });
  byId('nodes').replaceChildren(...(nodes.length > 0
    ? nodes.map((name) => make('li', { 'data-state': 'open', 'data-testid': 'node' }, dot(), make('code', {}, name)))
    : [make('li', { 'data-state': 'waiting', 'data-testid': 'no-node' }, dot(), 'away; pages still hear each other')]));
}

function showSend() {
  document.querySelector('#composer .primary').disabled = room?.state !== 'joined';
}

async function send() {
  const body = byId('body').value.trim();
  if (body === '' || room?.state !== 'joined') return;
  byId('body').value = '';
  try {
    await room.push('new_msg', { body });
  } catch (error) {
    byId('body').value ||= body;
    byId('lost').hidden = false;
    setText(byId('lost'), `This line may not have arrived (${error.message}). Send it again if nobody sees it.`);
  }
}

// ---- what one does ----

onSubmit('login-form', async () => {
  const given = byId('token').value.trim();
  const problem = await signIn(given);
  if (markField(byId('token'), problem)) byId('token').focus();
});
onSubmit('room-form', () => {
  const name = byId('room').value.trim().replace(/^room:/, '');
  byId('room').value = '';
  if (name !== '') enterRoom(name);
});
onSubmit('composer', send);
onClick('sign-out', () => signOut());
onClick('copy', async () => {
  await navigator.clipboard?.writeText(byId('sample').textContent);
  byId('copy').textContent = 'Copied';
  setTimeout(() => { byId('copy').textContent = 'Copy'; }, 1_500);
});

const page = await loginPage();
byId('login-page').hidden = page === '';
if (page) byId('login-page').href = page;

const known = tokenFromAddress() ?? keptToken();
const problem = known ? await signIn(known) : '';
if (!token) showLogin(problem);
