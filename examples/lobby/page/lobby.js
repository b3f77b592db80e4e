// The lobby: which of five states the visitor is in, and what the database is doing.

import { Socket, newKey } from './sockets.js';

const byId = (id) => document.getElementById(id);
const card = byId('card');
const database = document.querySelector('.database');
const began = performance.now();

const FAILURES = {
  timeout: ['Too slow', 'The database did not answer in time. What it answers later is dropped.'],
  noproc: ['Nobody there', 'There is no database process. A call to it fails at once, without a wait.'],
  crash: ['It crashed', 'The database ended while it was asked. Its supervisor has started another one, which knows nobody.'],
};
const HINTS = {
  fast: 'Answers within 80 milliseconds.',
  slow: 'Answers so late that nobody waits for it.',
  down: 'Stopped. Its supervisor starts it when it is wanted.',
  unknown: '',
};
const CLOSINGS = { 1001: 'going away', 1006: 'no goodbye', 1008: 'policy', 1011: 'server error', 1012: 'service restart' };

let key = '';
let name = '';
let askedAt = 0;
let knocks = 0;
let retryAfter = 500;

const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 0)} s`;

function note(words) {
  const line = document.createElement('li');
  const time = document.createElement('time');
  const text = document.createElement('span');
  time.textContent = seconds(performance.now() - began);
  text.textContent = words;
  line.append(time, text);
  byId('log').prepend(line);
  while (byId('log').children.length > 60) byId('log').lastElementChild.remove();
}

function enter(state) {
  card.dataset.state = state;
  const shown = card.querySelector(`[data-for="${state}"]`);
  (state === 'idle' ? byId('name') : shown.querySelector('h1')).focus({ preventScroll: true });
}

const visitor = new Socket({
  onFrame: (frame) => ({ hello, knocked, joined, failed })[frame.type]?.(frame),
  onClose: (code) => {
    const meaning = CLOSINGS[code] ? ` ${CLOSINGS[code]}` : '';
    byId('who').textContent = '';
    byId('ended-title').textContent = 'Connection closed';
    byId('ended-text').textContent = code === 1006 && card.dataset.state === 'ended'
      ? 'The server can’t be reached.'
      : `The connection was closed with ${code}${meaning}${card.dataset.state === 'waiting' ? ', in the middle of its wait' : ''}.`;
    note(`connection closed with ${code}${meaning}`);
    enter('ended');
  },
});

const switchboard = new Socket({
  onFrame: ({ state, pid }) => showDatabase(state, pid),
  onClose: () => {
    showDatabase('unknown', '');
    setTimeout(() => switchboard.open('switchboard'), retryAfter);
    retryAfter = Math.min(retryAfter * 2, 15_000);
  },
});

function connect() {
  key = newKey();
  visitor.open(`lobby/${key}`);
}

function hello({ pid, patience }) {
  document.querySelector('.bar span').style.animationDuration = `${patience}ms`;
  byId('patience').textContent = `${patience / 1000} seconds`;
  const code = document.createElement('code');
  code.textContent = pid;
  byId('who').replaceChildren('connection ', code);
  note(`connected: this page is the process ${pid}`);
  enter('idle');
}

function join() {
  for (const each of document.querySelectorAll('.name')) each.textContent = name;
  byId('knocks').textContent = '';
  knocks = 0;
  askedAt = performance.now();
  note(`asked the database for ${name}`);
  visitor.send({ type: 'join', name });
  enter('waiting');
}

function joined({ visits }) {
  const took = Math.round(performance.now() - askedAt);
  byId('joined-text').textContent = `${visits === 1 ? 'The database has not seen you before' : `This is visit ${visits} that the database knows of`}. It took ${took} ms.`;
  note(`let in after ${seconds(took)}`);
  enter('joined');
}

function failed({ why, reason }) {
  const [title, text] = FAILURES[why];
  byId('failed-title').textContent = title;
  byId('failed-text').textContent = text;
  byId('failed-reason').textContent = reason;
  note(`not let in after ${seconds(performance.now() - askedAt)}: ${reason}`);
  enter('failed');
}

function knocked({ number }) {
  note(`knock ${number} was heard, when the wait was over`);
}

function showDatabase(state, pid) {
  if (state !== 'unknown') {
    retryAfter = 500;
    if (database.dataset.state !== 'unknown') note(`the database is ${state === 'down' ? 'gone' : `${state}, ${pid}`}`);
  }
  database.dataset.state = state;
  byId('database-now').textContent = pid ? `${state}, process ${pid}` : state;
  byId('hint').textContent = HINTS[state];
  byId('switch').disabled = state === 'unknown';
  byId('crash').disabled = state === 'unknown' || state === 'down';
  for (const each of byId('switch').querySelectorAll('input')) each.checked = each.value === state;
}

function markName(problem) {
  byId('name-error').textContent = problem;
  if (problem) byId('name').setAttribute('aria-invalid', 'true');
  else byId('name').removeAttribute('aria-invalid');
}

byId('join-form').addEventListener('submit', (event) => {
  event.preventDefault();
  name = byId('name').value.trim();
  markName(name ? '' : 'Please enter a name.');
  if (name) join();
  else byId('name').focus();
});
byId('name').addEventListener('input', () => markName(''));
byId('knock').addEventListener('click', () => {
  knocks += 1;
  visitor.send({ type: 'knock', number: knocks });
  byId('knocks').textContent = `${knocks} ${knocks === 1 ? 'knock waits' : 'knocks wait'} in the socket.`;
  note(`knock ${knocks}`);
});
byId('end').addEventListener('click', () => {
  note('exit signal “shutdown” to the connection');
  switchboard.send({ end: key });
});
byId('retry').addEventListener('click', join);
byId('rename').addEventListener('click', () => enter('idle'));
byId('again').addEventListener('click', () => enter('idle'));
byId('reconnect').addEventListener('click', connect);
byId('crash').addEventListener('click', () => switchboard.send({ database: 'crash' }));
byId('switch').addEventListener('change', ({ target }) => switchboard.send({ database: target.value }));

connect();
switchboard.open('switchboard');
