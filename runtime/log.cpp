// The default log sink: the only place that writes to a standard stream.
#include "runtime/log.hpp"

#include <cstdio>
#include <string>

namespace runtime {

void log_to_stderr(log_level level, std::string_view line) {
  static constexpr std::string_view names[] = {
      "debug: ", "info: ", "warning: ", "error: "};
  std::string text(names[static_cast<std::size_t>(level)]);
  text += line;
  text += '\n';
  std::fwrite(text.data(), 1, text.size(),
              stderr); // one call: lines of threads do not mix
}

} // namespace runtime
