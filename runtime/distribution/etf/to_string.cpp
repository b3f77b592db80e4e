// Terms in Erlang's notation, on one line.
#include "notation.hpp"
#include "reader.hpp"
#include "value.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace websock::runtime::etf {

namespace {

/// Divides a number of base 256, most significant octet first; returns the remainder.
std::uint32_t divide(std::vector<std::uint8_t>& number, std::uint32_t divisor) {
  std::uint64_t remainder = 0;
  for (auto& each : number) {
    remainder = remainder << 8U | each;
    each = static_cast<std::uint8_t>(remainder / divisor);
    remainder %= divisor;
  }
  return static_cast<std::uint32_t>(remainder);
}

std::string decimal_digits(const std::string& magnitude) {
  std::vector<std::uint8_t> number(magnitude.rbegin(), magnitude.rend());
  std::string reversed;
  while (!number.empty()) {
    reversed += static_cast<char>('0' + divide(number, 10));
    while (!number.empty() && number.front() == 0)
      number.erase(number.begin());
  }
  return {reversed.rbegin(), reversed.rend()};
}

std::string hexadecimal_digits(const std::string& magnitude) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string found;
  for (auto each = magnitude.rbegin(); each != magnitude.rend(); ++each) {
    const auto octet = static_cast<std::uint8_t>(*each);
    found += {digits[octet >> 4U], digits[octet & 15U]};
  }
  return found.substr(std::min(found.size(), found.find_first_not_of('0')));
}

std::string in_brackets(std::string_view open, const atom& node,
                        const std::string& numbers) {
  std::string out(open);
  detail::append_atom(out, node.name);
  return out + numbers + '>';
}

// `.3.2.1`
std::string dotted(std::uint64_t number) {
  return '.' + std::to_string(number);
}

std::string export_name(reader& in) {
  std::string out = "fun ";
  detail::append_atom(out, in.atom());
  out += ':';
  detail::append_atom(out, in.atom());
  return out + '/' + std::to_string(in.integer());
}

std::string function_name(reader& in) {
  std::string out = "#Fun<";
  detail::append_atom(out, in.atom());
  const auto index = in.integer();
  return out + '.' + std::to_string(index) + '.' + std::to_string(in.integer()) + '>';
}

/// One function for each content of a value.
class printer {
public:
  explicit printer(std::string& out) noexcept : out_(&out) {}

  void operator()(std::int64_t number) const { *out_ += std::to_string(number); }
  void operator()(double number) const { detail::append_float(*out_, number); }
  void operator()(const atom& name) const { detail::append_atom(*out_, name.name); }
  void operator()(const binary& found) const {
    detail::append_binary(*out_, found.octets);
  }
  void operator()(const string_list& found) const {
    detail::append_string(*out_, found.octets);
  }
  void operator()(const bit_string& bits) const {
    const auto last = static_cast<std::uint8_t>(bits.octets.back());
    *out_ += "<<";
    detail::append_octets(
        *out_, std::string_view(bits.octets).substr(0, bits.octets.size() - 1));
    *out_ += bits.octets.size() > 1 ? "," : "";
    *out_ += std::to_string(last >> (8U - bits.last_bits)) + ':'
             + std::to_string(bits.last_bits) + ">>";
  }
  void operator()(const list& found) const { all("[", found.elements, "]"); }
  void operator()(const tuple& found) const { all("{", found.elements, "}"); }
  void operator()(const improper_list& found) const {
    all("[", found.elements, "|");
    found.tail.visit(*this);
    *out_ += ']';
  }
  void operator()(const map& found) const {
    *out_ += "#{";
    bool is_first = true;
    for (const auto& [key, mapped] : found.pairs) {
      *out_ += is_first ? "" : ",";
      key.visit(*this);
      *out_ += " => ";
      mapped.visit(*this);
      is_first = false;
    }
    *out_ += '}';
  }
  void operator()(const auto& other) const { *out_ += to_string(other); }

private:
  void all(const char* open, const std::vector<value>& elements,
           const char* close) const {
    *out_ += open;
    bool is_first = true;
    for (const auto& each : elements) {
      *out_ += is_first ? "" : ",";
      each.visit(*this);
      is_first = false;
    }
    *out_ += close;
  }

  std::string* out_;
};

} // namespace

// Digits in decimal take the square of their number in time, and a peer chooses it.
std::string to_string(const big& subject) {
  constexpr std::size_t longest_in_decimal = 128;
  const auto digits = subject.magnitude.size() <= longest_in_decimal
                          ? decimal_digits(subject.magnitude)
                          : "16#" + hexadecimal_digits(subject.magnitude);
  return (subject.is_negative ? "-" : "") + digits;
}

std::string to_string(const pid& subject) {
  return in_brackets("<", subject.node, dotted(subject.id) + dotted(subject.serial));
}

std::string to_string(const reference& subject) {
  std::string words;
  const auto used = subject.used();
  for (auto each = used.rbegin(); each != used.rend(); ++each)
    words += dotted(*each);
  return in_brackets("#Ref<", subject.node, words);
}

std::string to_string(const port& subject) {
  return in_brackets("#Port<", subject.node, dotted(subject.id));
}

std::string to_string(const opaque& subject) {
  constexpr std::size_t function_head = 1 + 4 + 1 + 16 + 4 + 4;
  const std::string_view octets = subject.octets;
  const auto form = octets.empty() ? tag::local : static_cast<tag>(octets.front());
  try {
    if (form == tag::exported_fun) {
      reader in(octets.substr(1));
      return export_name(in);
    }
    if (form == tag::new_fun && octets.size() > function_head) {
      reader in(octets.substr(function_head));
      return function_name(in);
    }
  } catch (const malformed&) {
    // It was made by hand; then its size is all that can be said.
  }
  return "#Opaque<" + std::to_string(octets.size()) + '>';
}

std::string to_string(const value& subject) {
  std::string out;
  subject.visit(printer(out));
  return out;
}

} // namespace websock::runtime::etf
