// The chat page: connects its parts to the server.

import { isHome, learnPlaces, putRoomInAddress, roomFromAddress, socketAddress } from './address.js';
import { Socket } from './channels.js';
import { Comings } from './comings.js';
import { enableComposer, focusComposer, offerComposer, openDraft, startComposer } from './composer.js';
import { byId, onClick } from './dom.js';
import { claim, onNewName, you } from './identity.js';
import { hideJoin, showJoin, startJoin, suggestRoom } from './join.js';
import { readRoom, readRooms } from './lines.js';
import {
  addHistory, addMessage, addMissed, addSystem, catchUp, clearMessages, followMessage, followRows, lastMessageId,
  scrollDown,
} from './messages.js';
import { nameProblem } from './names.js';
import { hideNotice } from './notice.js';
import { markSent, onOutbox, putInOutbox, wasSentHere } from './outbox.js';
import { showOutbox } from './outbox_rows.js';
import { headcount, markPeopleStale, showPeople } from './people.js';
import { Room } from './room.js';
import { showRooms } from './rooms.js';
import { showStatus } from './status.js';
import { isTimeToTell, nobodyTypes, startsTyping, stopsTyping } from './typing.js';
import { listRooms, markRead, onReadElsewhere, updateRoom } from './unread.js';
import { watchForChanges } from './wake.js';
import { showYou, startRename } from './you.js';
import './share.js';

const chat = {
  roomName: roomFromAddress(),
  room: null, // once one has come in
  unseen: 0, // while the tab is hidden
  wasLost: false, // the connection, since the last welcome
};

// A lost server is noticed within 10 s while one looks at the page.
const socket = new Socket(socketAddress, {
  params: credentials,
  heartbeat: () => (document.hidden ? 25_000 : 4_500),
  answerWithin: 4_000,
  reconnect: { first: 250, most: () => (document.hidden ? 30_000 : 5_000) },
});

// A refused connection looks like a server that is down. The server may have forgotten our name.
async function credentials(tries) {
  if (!you.token || (tries > 0 && isHome(tries))) {
    const { problem, isFinal } = await claim(you.name);
    if (problem && isFinal) comeInAgain(problem);
  }
  return { token: you.token };
}

// ---- what the server says ----

const comings = new Comings((kind, name) => {
  addSystem(kind, Date.now(), { name }, ` ${kind}`);
  followRows();
});

const isOwn = ({ id, name }) => name === you.name || wasSentHere(id);

const page = {
  lastId: lastMessageId,

  welcomed({ lines, continues, recovered }) {
    const missed = recovered ? [] : lines; // else they follow
    if (!chat.room.isBack) addHistory(lines, isOwn);
    else if (chat.wasLost) addMissed(missed, isOwn, continues || recovered);
    else catchUp(missed, isOwn, continues || recovered);
    if (chat.room.isBack) comings.weAreBack();
    chat.wasLost = false;
    followRows();
  },

  said(line) {
    const own = isOwn(line);
    if (own) markSent(line.id);
    stopsTyping(line.name);
    if (!addMessage(line, { own, fresh: true })) return;
    if (!document.hidden) markRead(chat.roomName, line);
    if (own) scrollDown();
    else followMessage();
    if (document.hidden && !own) chat.unseen += 1;
    showTitle();
  },

  typing(name) {
    if (name !== you.name) startsTyping(name);
  },

  people(list) {
    showPeople(list, you.name);
    showRoomList();
  },

  comes(name) {
    if (name !== you.name) comings.comes(name);
  },

  goes(name) {
    stopsTyping(name);
    if (name !== you.name) comings.goes(name);
  },

  changed: showConnection,
};

const rooms = socket.channel('rooms');
rooms.onJoined((answer) => {
  listRooms(readRooms(answer));
  showRoomList();
});
rooms.on('room', (payload) => {
  const room = readRoom(payload);
  if (!room) return;
  updateRoom(room);
  showRoomList();
});

// ---- what is shown ----

function showConnection() {
  if (!chat.room) return;
  if (socket.state === 'waiting' && chat.room.isBack) chat.wasLost = true;
  const isIn = chat.room.isIn;
  const state = socket.state === 'open' && !isIn ? 'connecting' : socket.state;
  showStatus({ state, lost: socket.lost, dueAt: socket.dueAt, refusal: chat.room.refusal });
  markPeopleStale(!isIn);
  enableComposer(isIn);
  if (!isIn) nobodyTypes();
}

function showTitle() {
  const unseen = chat.unseen ? `(${chat.unseen}) ` : '';
  document.title = chat.room ? `${unseen}#${chat.roomName} · websock chat` : 'websock chat';
}

function showRoomList() {
  if (!document.hidden) markRead(chat.roomName);
  showRooms({ name: chat.roomName, people: headcount() });
}

function showRoomName() {
  byId('room-title').textContent = chat.roomName;
  byId('empty-room').textContent = chat.roomName;
  showTitle();
  showRoomList();
}

// ---- what the reader does ----

function enter() {
  hideJoin();
  showYou(you.name);
  putRoomInAddress(chat.roomName);
  openRoom();
  rooms.join();
  socket.connect();
}

// The name is lost: somebody else has it.
function comeInAgain(problem) {
  socket.disconnect();
  leaveRoom();
  showTitle();
  showJoin(you.name, chat.roomName, problem);
}

function openRoom() {
  chat.room = new Room(socket, chat.roomName, page);
  showPeople([], you.name);
  clearMessages();
  nobodyTypes();
  hideNotice();
  showRoomName();
  showOutbox(chat.roomName, retry);
  chat.room.open();
  showConnection();
  openDraft(chat.roomName);
  offerComposer();
}

function leaveRoom() {
  comings.end();
  chat.room.leave();
  chat.room = null;
  chat.wasLost = false;
}

function switchRoom(name) {
  if (name === chat.roomName) return;
  leaveRoom();
  chat.roomName = name;
  openRoom();
}

function say(text) {
  const line = putInOutbox(chat.roomName, text);
  if (!line) return 'Too many lines wait to be sent already.';
  scrollDown();
  chat.room.deliver(line);
  socket.check();
  return '';
}

function retry(line) {
  chat.room.deliver(line);
  offerComposer();
}

async function rename(name) {
  if (name === you.name) return '';
  const { problem } = await claim(name);
  if (!problem) becomeAnother();
  return problem;
}

function becomeAnother() {
  showYou(you.name);
  if (!chat.room) return;
  addSystem('renamed', Date.now(), 'You are now ', { name: you.name });
  followRows();
  socket.reconnect();
}

startComposer({
  say,
  typed() { if (isTimeToTell()) chat.room.tellTyping(); },
});
startRename(rename);
startJoin(async (name, room) => {
  const { problem } = await claim(name);
  if (problem) return problem;
  chat.roomName = room;
  enter();
  return '';
});

socket.onState(showConnection);
onOutbox(() => showOutbox(chat.roomName, retry));
onNewName(becomeAnother);
onReadElsewhere(showRoomList);
onClick('reconnect-now', () => {
  socket.reconnect();
  focusComposer();
});
onClick('pill', () => {
  scrollDown();
  focusComposer();
});

window.addEventListener('hashchange', () => {
  const room = roomFromAddress();
  if (chat.room) {
    switchRoom(room);
  } else {
    chat.roomName = room;
    suggestRoom(room);
  }
});
watchForChanges(socket, {
  isChanged: showConnection,
  isSeen() {
    chat.unseen = 0;
    showTitle();
    if (chat.room) showRoomList();
  },
});

learnPlaces();
if (nameProblem(you.name)) showJoin(you.name, chat.roomName);
else enter();
