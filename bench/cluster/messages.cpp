// Names of the messages, and what a program can tell of itself.
#include "bench/cluster/messages.hpp"

#include "websock/runtime/register_message.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <vector>

namespace bench {

namespace runtime = websock::runtime;

void register_messages() {
  runtime::register_message<ask>("ask", &ask::from);
  runtime::register_message<usage>("usage", &usage::sink, &usage::messages,
                                   &usage::octets, &usage::cpu_us, &usage::resident_kib,
                                   &usage::process, &usage::deliveries);
  runtime::register_message<ping>("ping", &ping::from, &ping::sent_ns);
  runtime::register_message<populate>("populate", &populate::from, &populate::count);
  runtime::register_message<std::vector<runtime::pid>>();
}

std::int64_t cpu_us() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& time) {
    return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

std::int64_t resident_kib() {
  std::int64_t pages = 0;
  std::ifstream file("/proc/self/statm");
  file >> pages >> pages;
  return pages * ::sysconf(_SC_PAGESIZE) / 1'024;
}

} // namespace bench
