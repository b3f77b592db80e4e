// A database of SQLite, and statements on it.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace chat {

/// What fails throws std::runtime_error, which names the file and the reason.
class sqlite_file {
public:
  /// A new file may be used by its owner alone; an old one must be so.
  explicit sqlite_file(std::string path);

  /// Runs statements without parameters.
  void run(const char* statements);
  /// The only value of a query.
  [[nodiscard]] std::int64_t number(const char* query);
  [[nodiscard]] std::string text(const char* query);
  [[noreturn]] void fail(std::string_view why) const;
  [[noreturn]] void fail() const { fail(sqlite3_errmsg(database_.get())); }

private:
  friend class sqlite_query;
  struct closer {
    void operator()(sqlite3* it) const noexcept { sqlite3_close_v2(it); }
  };

  void make_or_check() const;

  std::string path_;
  std::unique_ptr<sqlite3, closer> database_;
};

/// One statement with parameters: `query(file, "...").bind(a).bind(b).step()`.
class sqlite_query {
public:
  sqlite_query(sqlite_file& of, const char* text);

  /// The next parameter. Views must be valid until the last step.
  sqlite_query& bind(std::string_view value);
  sqlite_query& bind(std::int64_t value);
  /// False when there is no row any more.
  bool step();
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;

private:
  struct finisher {
    void operator()(sqlite3_stmt* it) const noexcept { sqlite3_finalize(it); }
  };

  void check(int result) const;

  sqlite_file& file_;
  std::unique_ptr<sqlite3_stmt, finisher> statement_;
  int bound_ = 0;
};

} // namespace chat
