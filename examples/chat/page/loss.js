// Why a connection was lost, in words.

const CLOSE_CODES = {
  1000: ['normal close', 'the server ended the conversation.'],
  1001: ['going away', 'the server is shutting down.'],
  1002: ['protocol error', 'the server did not understand this page.'],
  1003: ['unsupported data', 'this chat takes text only.'],
  1005: ['no code given', 'the server closed the connection.'],
  1006: ['no goodbye', 'the network or the server went away.'],
  1007: ['invalid text', 'the server received text it could not read.'],
  1008: ['policy', 'the server does not want to go on with this connection.'],
  1009: ['too big', 'a message was larger than the server accepts.'],
  1011: ['server error', 'something went wrong on the server.'],
  1012: ['service restart', 'the server is restarting.'],
  1013: ['try again later', 'the server is busy.'],
};

const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();

export function explain({ code, reason, reached, silent }) {
  if (!navigator.onLine) return 'This device is offline.';
  if (silent) return 'The chat server doesn’t answer any more.';
  if (code === 1006 && !reached) return 'The chat server can’t be reached.';
  const [name, meaning] = CLOSE_CODES[code] ?? ['', 'the server closed the connection.'];
  const label = name ? `${code} ${name}` : String(code);
  const isNews = plain(reason) && !`${plain(label)} ${plain(meaning)}`.includes(plain(reason));
  const said = isNews ? ` It said “${reason}”.` : '';
  return `Connection closed (${label}) — ${meaning}${said}`;
}
