// Everything a test waits for has a deadline. WEBSOCK_E2E_SLOW=4 stretches them
// all, for sanitizer builds and busy machines.

const slow = Number(process.env.WEBSOCK_E2E_SLOW ?? 1);

export const deadline = (milliseconds) => milliseconds * slow;

export async function within(milliseconds, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${deadline(milliseconds)} ms: ${what}`)), deadline(milliseconds));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
