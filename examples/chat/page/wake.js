// Moments in which the connection may have changed: the network, the reader, the computer.

export function watchForChanges(socket, { isSeen, isChanged }) {
  window.addEventListener('online', () => {
    isChanged();
    socket.hurry();
  });
  // A server on this machine is reachable even offline: the socket asks it.
  window.addEventListener('offline', () => {
    isChanged();
    socket.check();
  });
  window.addEventListener('pageshow', (event) => { if (event.persisted) socket.hurry(); });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    isSeen();
    socket.hurry();
  });
}
