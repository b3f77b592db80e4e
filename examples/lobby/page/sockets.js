// The page's two connections: the visitor's, which waits, and the switchboard's, which must not.

export function socketAddress(path) {
  const url = new URL(path, location.href.replace(/[?#].*$/, ''));
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

// Only this page knows the key: anyone who has it can end the visitor's connection.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class Socket {
  #socket = null;
  #onFrame;
  #onClose;

  constructor({ onFrame, onClose }) {
    this.#onFrame = onFrame;
    this.#onClose = onClose;
  }

  open(path) {
    this.close();
    const socket = new WebSocket(socketAddress(path));
    this.#socket = socket;
    socket.onmessage = ({ data }) => { if (socket === this.#socket) this.#onFrame(JSON.parse(data)); };
    socket.onclose = ({ code }) => {
      if (socket !== this.#socket) return;
      this.#socket = null;
      this.#onClose(code);
    };
  }

  get isOpen() { return this.#socket?.readyState === WebSocket.OPEN; }

  send(frame) {
    if (this.isOpen) this.#socket.send(JSON.stringify(frame));
  }

  // Ignores anything the old socket still delivers.
  close() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }
}
