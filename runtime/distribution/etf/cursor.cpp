#include "cursor.hpp"

#include "malformed.hpp"

namespace websock::runtime::etf::detail {

std::string cursor::name() const {
  const auto what = type_of(term_.form);
  return std::string(what ? to_string(*what) : "a term");
}

void cursor::fail(const std::string& why) const {
  throw malformed(why, term_.position);
}

void cursor::fail_instead_of(type wanted) const {
  if (!type_of(term_.form))
    fail_unknown(*this);
  fail(name() + " stands where " + std::string(to_string(wanted)) + " should");
}

void cursor::fail_at_end() const {
  fail("the octets end where a term should begin");
}

void cursor::fail_short(std::size_t count) const {
  fail(name() + " goes on for " + std::to_string(count) + " octets, of which "
       + std::to_string(left()) + " are there");
}

void cursor::fail_lie(std::uint64_t elements) const {
  fail(name() + " of " + std::to_string(elements) + " elements has "
       + std::to_string(left()) + " octets left for them");
}

void fail_unknown(const cursor& in) {
  const auto form = in.begun().form;
  if (form == tag::compressed)
    in.fail("a compressed term, which distribution never sends, is not read");
  if (form == tag::old_fun)
    in.fail("a function in the form that OTP has not read since release 23");
  in.fail("no term begins with octet " + std::to_string(static_cast<unsigned>(form)));
}

} // namespace websock::runtime::etf::detail
