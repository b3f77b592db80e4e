// What Redis does with the histories of topics, each in one step. A topic has a stream,
// `<root>:<generation>:<topic>`, whose entries are envelopes. The root is a hash that
// holds the number of the generation.
#pragma once

#include <string_view>

namespace websock::runtime::redis {

/// Keeps an envelope and publishes it. Keys: the root. Arguments: topic, messages to
/// keep, milliseconds to keep them, channel, envelope. The answer is a step of
/// `append_result`. A message that cannot be kept is published, and the stream ends, as
/// it would have a hole.
inline constexpr std::string_view append_script = R"(
local key = KEYS[1] .. ':' .. (redis.call('HGET', KEYS[1], 'generation') or '0') .. ':' .. ARGV[1]
local kept = redis.pcall('XADD', key, 'MAXLEN', '~', ARGV[2], '*', 'envelope', ARGV[5])
local result = 1
if type(kept) == 'table' and kept.err then
  local ended = redis.pcall('DEL', key)
  result = type(ended) == 'table' and -1 or 0
else
  redis.call('PEXPIRE', key, ARGV[3])
end
redis.call('PUBLISH', ARGV[4], ARGV[5])
return result)";

/// Reads the newest envelopes, newest first, each behind its age in milliseconds and a
/// space, and publishes a marker. Keys: the root. Arguments: topic, the most messages,
/// the most octets, channel, marker.
inline constexpr std::string_view read_script = R"(
local key = KEYS[1] .. ':' .. (redis.call('HGET', KEYS[1], 'generation') or '0') .. ':' .. ARGV[1]
local now = redis.call('TIME')
local now_ms = now[1] * 1000 + math.floor(now[2] / 1000)
local left = tonumber(ARGV[3])
local found = {}
for _, each in ipairs(redis.call('XREVRANGE', key, '+', '-', 'COUNT', ARGV[2])) do
  left = left - #each[2][2]
  if left < 0 then break end
  local age = math.max(0, now_ms - tonumber(string.match(each[1], '^%d+')))
  found[#found + 1] = string.format('%d ', age) .. each[2][2]
end
redis.call('PUBLISH', ARGV[4], ARGV[5])
return found)";

} // namespace websock::runtime::redis
