// SQLite's C functions.
#include "examples/chat/sqlite_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace chat {

sqlite_file::sqlite_file(std::string path) : path_(std::move(path)) {
  make_or_check();
  sqlite3* opened = nullptr;
  const auto result = sqlite3_open_v2(
      path_.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, nullptr);
  database_.reset(opened);
  if (result != SQLITE_OK)
    fail();
  if (sqlite3_db_readonly(opened, "main") == 1)
    fail("it cannot be written");
  sqlite3_busy_timeout(opened, 2'000); // of one that has just been killed
}

// SQLite gives its other files the permissions of this one.
void sqlite_file::make_or_check() const {
  const int made = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (made < 0)
    fail(std::generic_category().message(errno));
  struct stat its {};
  const bool is_known = ::fstat(made, &its) == 0;
  ::close(made);
  if (!is_known || (its.st_mode & 077U) != 0)
    fail("it may be used by others: chmod 600 it");
}

void sqlite_file::run(const char* statements) {
  if (sqlite3_exec(database_.get(), statements, nullptr, nullptr, nullptr) != SQLITE_OK)
    fail();
}

std::int64_t sqlite_file::number(const char* query) {
  sqlite_query its(*this, query);
  return its.step() ? its.number(0) : 0;
}

std::string sqlite_file::text(const char* query) {
  sqlite_query its(*this, query);
  return its.step() ? its.text(0) : std::string();
}

void sqlite_file::fail(std::string_view why) const {
  throw std::runtime_error("--store " + path_ + ": " + std::string(why));
}

sqlite_query::sqlite_query(sqlite_file& of, const char* text) : file_(of) {
  sqlite3_stmt* made = nullptr;
  check(sqlite3_prepare_v2(of.database_.get(), text, -1, &made, nullptr));
  statement_.reset(made);
}

sqlite_query& sqlite_query::bind(std::string_view value) {
  check(sqlite3_bind_text64(statement_.get(), ++bound_, value.data(), value.size(),
                            SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

sqlite_query& sqlite_query::bind(std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), ++bound_, value));
  return *this;
}

bool sqlite_query::step() {
  const auto result = sqlite3_step(statement_.get());
  if (result != SQLITE_ROW && result != SQLITE_DONE)
    file_.fail();
  return result == SQLITE_ROW;
}

std::string sqlite_query::text(int column) const {
  const auto* const found =
      reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const auto size = sqlite3_column_bytes(statement_.get(), column);
  return found == nullptr ? std::string()
                          : std::string(found, static_cast<std::size_t>(size));
}

std::int64_t sqlite_query::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

void sqlite_query::check(int result) const {
  if (result != SQLITE_OK)
    file_.fail();
}

} // namespace chat
