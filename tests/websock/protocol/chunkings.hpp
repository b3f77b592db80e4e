// The ways in which a test splits its input: whole, octet by octet, and in two at every
// position.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace websock::testing {

using chunks = std::vector<std::string>;

/// "81 05 48" as octets.
inline std::string hex(std::string_view digits) {
  std::string octets;
  std::string pair;
  for (const char c : digits) {
    if (c == ' ')
      continue;
    pair.push_back(c);
    if (pair.size() == 2) {
      octets.push_back(static_cast<char>(std::stoi(pair, nullptr, 16)));
      pair.clear();
    }
  }
  return octets;
}

inline chunks in_pieces(std::string_view input, std::size_t size) {
  chunks pieces;
  for (std::size_t at = 0; at < input.size(); at += size)
    pieces.emplace_back(input.substr(at, size));
  return pieces;
}

/// All chunkings of an input. A long input is split in two only near its ends and at some
/// positions between.
inline std::vector<chunks> chunkings(std::string_view input) {
  constexpr std::size_t near = 300;
  std::vector<chunks> all{{std::string{input}}, in_pieces(input, 1), in_pieces(input, 3)};
  const std::size_t stride = input.size() < 3 * near ? 1 : input.size() / 7;
  for (std::size_t cut = 1; cut < input.size();) {
    all.push_back({std::string{input.substr(0, cut)}, std::string{input.substr(cut)}});
    const bool is_inside = cut >= near && cut + near < input.size();
    cut = is_inside ? std::min(cut + stride, input.size() - near) : cut + 1;
  }
  return all;
}

} // namespace websock::testing
