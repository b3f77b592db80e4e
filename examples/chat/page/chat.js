// The chat page: connects its parts to the connection.

import { learnPlaces, putRoomInAddress, roomFromAddress, socketAddress } from './address.js';
import {
  enableComposer, focusComposer, giveBack, keepDraft, offerComposer, openDraft, startComposer, takeBack,
} from './composer.js';
import { Connection } from './connection.js';
import { byId, onClick } from './dom.js';
import { readFrame } from './frames.js';
import { hideJoin, showJoin, startJoin, suggestRoom } from './join.js';
import { rememberMe, rememberNick, rememberedNick, wasMe } from './memory.js';
import {
  addHistory, addMessage, addRestart, addSystem, clearMessages, followMessage, followRows, scrollDown,
} from './messages.js';
import { cleanNick, nickProblem } from './names.js';
import { hideNotice, showNotice } from './notice.js';
import { forgetPeople, headcount, isYou, markPeopleStale, putPerson, removePerson, welcomePeople } from './people.js';
import { answered, asked, leaveRequests, refused, unheard, wanted } from './requests.js';
import { showRooms } from './rooms.js';
import { showStatus } from './status.js';
import { showYou, startRename } from './you.js';
import './share.js';

const chat = {
  nick: cleanNick(rememberedNick()),
  room: roomFromAddress(),
  rooms: [],
  entered: false,
  unread: 0, // while the tab is hidden
};

const connection = new Connection({
  address: (tries) => socketAddress(chat.room, chat.nick, tries),
  onState: showConnection,
  onText: receive,
});

// ---- what the server says ----

const handlers = {
  welcome({ you, members, history }) {
    const me = { id: you.id, nick: you.nick || chat.nick };
    const unanswered = unheard(chat.room);
    rememberMe(me.id, me.nick);
    welcomePeople(me, members);
    becomeNick(me.nick);
    const stayed = connection.state === 'open'; // only the room restarted
    const missed = addHistory(history, { isOwn, stayed });
    connection.welcomed();
    showRoomList();
    followRows();
    returnUndelivered(unanswered, missed);
  },

  said(message) {
    const mine = isYou(message.id);
    if (!addMessage(message, { own: isOwn(message), fresh: true })) return;
    if (mine) {
      scrollDown();
      giveBack(answered('say', message.text));
      return;
    }
    if (isOwn(message)) takeBack(message.text); // sent over a connection that was lost
    followMessage();
    if (document.hidden) chat.unread += 1;
    showTitle();
  },

  // `again`: after a restart of the room, which nobody had left.
  joined({ id, nick, again, at }) {
    if (isYou(id)) return;
    putPerson(id, nick);
    if (again) return;
    addSystem('joined', at, { nick }, ' joined');
    followRows();
  },

  left({ id, nick, at }) {
    addSystem('left', at, { nick }, ' left');
    followRows();
    removePerson(id);
  },

  renamed({ id, from, to, at }) {
    if (isYou(id)) {
      becomeNick(to);
      rememberMe(id, to);
      addSystem('renamed', at, 'You are now ', { nick: to });
      giveBack(answered('rename', to));
    } else {
      addSystem('renamed', at, { nick: from }, ' is now ', { nick: to });
    }
    followRows();
    putPerson(id, to);
  },

  restarted({ at }) {
    addRestart(at);
  },

  rooms({ rooms }) {
    chat.rooms = rooms;
    showRoomList();
  },

  pong() {}, // the connection is alive

  refused({ why }) {
    showNotice(why ? `Not sent: ${why}` : 'The server did not accept that.');
    giveBack(refused());
  },
};

function receive(text) {
  const frame = readFrame(text);
  if (frame) handlers[frame.type](frame);
}

function isOwn({ id, nick }) {
  return isYou(id) || wasMe(id, nick);
}

function returnUndelivered(unanswered, missed) {
  const arrived = missed.filter(isOwn).map((message) => message.text);
  const lines = unanswered.filter((line) => !arrived.includes(line));
  if (lines.length === 0) return;
  showNotice('Your last message was not delivered. It is back in the box below.');
  giveBack(lines);
}

// ---- what is shown ----

function showConnection() {
  const isOpen = connection.state === 'open';
  showStatus(connection);
  markPeopleStale(!isOpen);
  enableComposer(isOpen);
}

function showTitle() {
  const unread = chat.unread ? `(${chat.unread}) ` : '';
  document.title = chat.entered ? `${unread}#${chat.room} · websock chat` : 'websock chat';
}

function showRoomList() {
  showRooms(chat.rooms, { name: chat.room, members: headcount() });
}

function showRoomName() {
  byId('room-title').textContent = chat.room;
  byId('empty-room').textContent = chat.room;
  showTitle();
  showRoomList();
}

// ---- what the reader does ----

function becomeNick(nick) {
  chat.nick = nick;
  rememberNick(nick);
  showYou(nick);
}

function enter() {
  chat.entered = true;
  hideJoin();
  becomeNick(chat.nick);
  putRoomInAddress(chat.room);
  openRoom();
}

function openRoom() {
  forgetPeople();
  clearMessages();
  hideNotice();
  showRoomName();
  connection.start();
  openDraft(chat.room);
  offerComposer();
}

function switchRoom(room) {
  if (room === chat.room) return;
  keepDraft(chat.room);
  leaveRequests(chat.room);
  chat.room = room;
  openRoom();
}

function rename(nick) {
  if (nick === (wanted('rename') ?? chat.nick)) return;
  if (connection.send({ type: 'rename', nick })) {
    asked('rename', nick);
  } else {
    becomeNick(nick);
    connection.retryNow();
  }
}

startComposer((frame) => connection.send(frame));
startRename(rename);
startJoin((nick, room) => {
  chat.nick = nick;
  chat.room = room;
  enter();
});

onClick('reconnect-now', () => {
  connection.retryNow();
  focusComposer();
});
onClick('pill', () => {
  scrollDown();
  focusComposer();
});

window.addEventListener('hashchange', () => {
  const room = roomFromAddress();
  if (chat.entered) {
    switchRoom(room);
  } else {
    chat.room = room;
    suggestRoom(room);
  }
});
window.addEventListener('online', () => {
  showConnection();
  connection.retryIfWaiting();
});
// A server on this machine is reachable even offline: check it.
window.addEventListener('offline', () => {
  showConnection();
  connection.check();
});
window.addEventListener('pageshow', (event) => { if (event.persisted) connection.retryIfWaiting(); });
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  chat.unread = 0;
  showTitle();
  connection.retryIfWaiting();
});

learnPlaces();
if (nickProblem(chat.nick)) showJoin(chat.nick, chat.room);
else enter();
