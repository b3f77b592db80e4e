// A client of Phoenix Channels (protocol V2) without dependencies, for browsers and Node.js. Take
// this file and the folder beside it along:
//
//   const socket = new Socket('wss://example.org/socket', { params: () => ({ token }) });
//   const room = socket.channel('room:lobby');
//   room.on('line', ({ name, text }) => show(name, text));
//   new Presence(room).on('sync', (people) => list([...people.keys()]));
//   socket.connect();
//   await room.join();
//   await room.push('line', { text: 'hello' });

export { Channel, ChannelError } from './channels/channel.js';
export { Presence } from './channels/presence.js';
export { Socket } from './channels/socket.js';
