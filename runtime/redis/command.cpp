// hiredis writes them.
#include "command.hpp"

#include <hiredis/hiredis.h>

#include <cstddef>
#include <memory>
#include <new>
#include <vector>

namespace websock::runtime::redis {

std::string command(std::initializer_list<std::string_view> words) {
  std::vector<const char*> starts;
  std::vector<std::size_t> sizes;
  for (const auto& each : words) {
    starts.push_back(each.empty() ? "" : each.data());
    sizes.push_back(each.size());
  }
  char* written = nullptr;
  const auto size = redisFormatCommandArgv(&written, static_cast<int>(words.size()),
                                           starts.data(), sizes.data());
  const std::unique_ptr<char, void (*)(char*)> owned(written, redisFreeCommand);
  if (size < 0)
    throw std::bad_alloc();
  return {owned.get(), static_cast<std::size_t>(size)};
}

} // namespace websock::runtime::redis
