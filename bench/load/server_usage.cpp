// /proc.
#include "bench/load/server_usage.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace bench {

namespace {

[[nodiscard]] std::uint64_t scheduled_ns(const std::string& process) {
  std::uint64_t sum = 0;
  for (const auto& task : std::filesystem::directory_iterator(process + "/task")) {
    std::uint64_t on_cpu = 0;
    std::ifstream(task.path() / "schedstat") >> on_cpu;
    sum += on_cpu;
  }
  return sum;
}

void read_ticks(const std::string& process, server_usage& found) {
  std::ifstream file(process + "/stat");
  std::string line;
  if (!std::getline(file, line))
    throw std::runtime_error("the server has ended");
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string skipped; // from the state on to cmajflt
  for (int i = 0; i < 11; ++i)
    fields >> skipped;
  fields >> found.user_ticks >> found.system_ticks;
}

[[nodiscard]] std::size_t resident_kib(const std::string& process) {
  std::ifstream status(process + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:"))
      return std::stoul(line.substr(6));
  throw std::runtime_error("the server has ended");
}

/// The number after `name` at the begin of a line of `path`; 0 if there is no such line.
[[nodiscard]] std::uint64_t number_after(const char* path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name))
      return std::stoull(line.substr(name.size()));
  return 0;
}

[[nodiscard]] std::uint64_t slab_octets(const std::string& cache) {
  std::ifstream slabs("/proc/slabinfo");
  for (std::string line; std::getline(slabs, line);) {
    std::istringstream fields(line);
    std::string name;
    std::uint64_t active = 0;
    std::uint64_t all = 0;
    std::uint64_t size = 0;
    if (fields >> name >> active >> all >> size && name == cache)
      return all * size;
  }
  return 0;
}

[[nodiscard]] std::uint64_t buffer_octets() {
  std::ifstream sockets("/proc/net/sockstat");
  for (std::string line; std::getline(sockets, line);)
    if (const auto at = line.find(" mem "); line.starts_with("TCP:") && at != line.npos)
      return std::stoull(line.substr(at + 5))
             * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return 0;
}

} // namespace

server_usage usage_of(int pid) {
  server_usage found;
  if (pid == 0)
    return found;
  const auto process = "/proc/" + std::to_string(pid);
  read_ticks(process, found);
  found.cpu_ns = scheduled_ns(process);
  if (found.cpu_ns == 0)
    found.cpu_ns = (found.user_ticks + found.system_ticks) * 1'000'000'000
                   / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  found.resident_kib = resident_kib(process);
  return found;
}

std::uint64_t kernel_memory() {
  return number_after("/proc/meminfo", "SUnreclaim:") * 1'024
         + slab_octets("sock_inode_cache") + buffer_octets();
}

} // namespace bench
