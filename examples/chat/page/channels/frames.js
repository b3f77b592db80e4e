// Frames of protocol V2. A message is { joinRef, ref, topic, event, payload }: a JSON array of these
// five on the wire, or octets if its payload is octets.

const PUSH = 0;
const REPLY = 1;
const BROADCAST = 2;

const fromText = new TextEncoder();
const toText = new TextDecoder();

function octetsOf(payload) {
  if (payload instanceof ArrayBuffer) return new Uint8Array(payload);
  if (ArrayBuffer.isView(payload)) return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
  return null;
}

// Throws if the payload is not JSON, or a field beside octets is longer than the 255 that they allow.
export function encode({ joinRef, ref, topic, event, payload }) {
  const octets = octetsOf(payload);
  if (!octets) return JSON.stringify([joinRef, ref, topic, event, payload]);
  const fields = [joinRef ?? '', ref ?? '', topic, event].map((field) => fromText.encode(field));
  if (fields.some(({ length }) => length > 255)) throw new RangeError('a field of more than 255 octets beside octets');
  return joined([[PUSH, ...fields.map(({ length }) => length)], ...fields, octets]);
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole.buffer;
}

// Null for anything that is not a message.
export function decode(frame) {
  if (typeof frame === 'string') return decodeText(frame);
  return frame instanceof ArrayBuffer ? decodeOctets(new Uint8Array(frame)) : null;
}

function decodeText(text) {
  let fields;
  try { fields = JSON.parse(text); } catch { return null; }
  if (!Array.isArray(fields) || fields.length < 5) return null;
  const [joinRef, ref, topic, event, payload] = fields;
  return typeof topic === 'string' && typeof event === 'string' ? { joinRef, ref, topic, event, payload } : null;
}

// The fields of each kind, and the message that they make.
const KINDS = {
  [PUSH]: [3, ([joinRef, topic, event], payload) => ({ joinRef, ref: null, topic, event, payload })],
  [REPLY]: [4, ([joinRef, ref, topic, status], response) => (
    { joinRef, ref, topic, event: 'phx_reply', payload: { status, response } })],
  [BROADCAST]: [2, ([topic, event], payload) => ({ joinRef: null, ref: null, topic, event, payload })],
};

function decodeOctets(octets) {
  if (!Object.hasOwn(KINDS, octets[0])) return null;
  const [count, message] = KINDS[octets[0]];
  let end = 1 + count;
  const fields = [];
  for (const length of octets.subarray(1, end)) {
    fields.push(toText.decode(octets.subarray(end, end + length)));
    end += length;
  }
  return fields.length === count && end <= octets.length ? message(fields, octets.slice(end).buffer) : null;
}
