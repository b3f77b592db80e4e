// SET NX with a token; no script, which an ACL may forbid.
#include "name_claim.hpp"

#include "command.hpp"

#include <chrono>
#include <utility>

namespace websock::runtime::redis {

name_claim::name_claim(std::string key, std::string token, duration life)
    : key_(std::move(key)), token_(std::move(token)),
      life_(std::to_string(
          std::chrono::duration_cast<std::chrono::milliseconds>(life).count())) {
}

std::string name_claim::look() const {
  return command({"SET", key_, token_, "NX", "PX", life_}) + command({"GET", key_})
         + command({"PTTL", key_});
}

std::string name_claim::renew() const {
  return command({"PEXPIRE", key_, life_});
}

std::string name_claim::release() const {
  return command({"DEL", key_});
}

void name_claim::answered(step which, const reply& what) {
  if (which == step::set)
    trouble_.clear();
  if (what.type == reply::kind::error)
    trouble_ = what.text;
  if (which == step::get)
    holder_ = what.type == reply::kind::text ? what.text : "";
  if (which != step::ttl || what.type != reply::kind::integer)
    return;
  // A key without an end is nobody's that crashed.
  is_renewed_ = what.number == -1 || (left_ && what.number > *left_);
  left_ = what.number;
}

name_claim::standing name_claim::result() const noexcept {
  if (holder_ == token_)
    return standing::ours;
  if (holder_.empty())
    return standing::refused;
  return is_renewed_ ? standing::alive : standing::held;
}

} // namespace websock::runtime::redis
