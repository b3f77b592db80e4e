// A journal in a file of SQLite, which is the store of one program at a time.
#include "examples/chat/journal.hpp"
#include "examples/chat/name_tokens.hpp"
#include "examples/chat/sqlite_file.hpp"

#include <utility>

namespace chat {

namespace {

// What is committed survives the end of the program, and the last moments not always the
// end of the system.
constexpr const char* settings = "PRAGMA locking_mode = EXCLUSIVE;"
                                 "PRAGMA journal_mode = WAL;"
                                 "PRAGMA synchronous = NORMAL;"
                                 "BEGIN IMMEDIATE;" // locks it
                                 "COMMIT;";
constexpr std::int64_t application = 0x63686174; // "chat"
constexpr const char* tables =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE lines (seq INTEGER PRIMARY KEY, room TEXT NOT NULL, id TEXT NOT NULL,"
    " number INTEGER NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,"
    " at INTEGER NOT NULL);"
    "CREATE INDEX lines_of_room ON lines (room, number);"
    "CREATE TABLE names (seq INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE secrets (secret TEXT NOT NULL);"
    "PRAGMA application_id = 0x63686174;"
    "PRAGMA user_version = 1;"
    "COMMIT;";

class sqlite_journal final : public journal {
public:
  explicit sqlite_journal(std::string path) : file_(std::move(path)) {
    const bool is_new = file_.number("SELECT count(*) FROM sqlite_master") == 0;
    if (!is_new && file_.number("PRAGMA application_id") != application)
      file_.fail("it is the database of another program");
    if (!is_new && file_.number("PRAGMA user_version") != 1)
      file_.fail("it is of another version of the chat");
    if (const auto health = file_.text("PRAGMA quick_check(1)"); health != "ok")
      file_.fail("it is damaged: " + health);
    file_.run(settings);
    if (is_new)
      file_.run(tables);
  }

  void read(rooms& into, reserved_names& names) override {
    sqlite_query lines(file_, "SELECT room, id, number, name, text, at FROM lines "
                              "ORDER BY seq");
    while (lines.step())
      into.append(lines.text(0),
                  {lines.text(1), static_cast<std::uint64_t>(lines.number(2)),
                   lines.text(3), lines.text(4), lines.number(5)});
    sqlite_query reserved(file_, "SELECT name FROM names ORDER BY seq");
    while (reserved.step())
      names.use(reserved.text(0));
  }

  std::string secret() override {
    if (auto known = file_.text("SELECT secret FROM secrets"); !known.empty())
      return known;
    auto made = new_secret();
    sqlite_query(file_, "INSERT INTO secrets VALUES (?)").bind(made).step();
    return made;
  }

  void add(const std::string& room, const line& said, std::size_t most) override {
    in_one([&] {
      const auto number = static_cast<std::int64_t>(said.number);
      sqlite_query(file_, "INSERT INTO lines (room, id, number, name, text, at) "
                          "VALUES (?, ?, ?, ?, ?, ?)")
          .bind(room)
          .bind(said.id)
          .bind(number)
          .bind(said.name)
          .bind(said.text)
          .bind(said.at)
          .step();
      sqlite_query(file_, "DELETE FROM lines WHERE room = ? AND number <= ?")
          .bind(room)
          .bind(number - static_cast<std::int64_t>(most))
          .step();
    });
  }
  void forget(const std::string& room) override {
    sqlite_query(file_, "DELETE FROM lines WHERE room = ?").bind(room).step();
  }
  void reserve(const std::string& name) override {
    sqlite_query(file_, "INSERT OR REPLACE INTO names (name) VALUES (?)")
        .bind(name)
        .step();
  }
  void release(const std::string& name) override {
    sqlite_query(file_, "DELETE FROM names WHERE name = ?").bind(name).step();
  }

private:
  template <class F>
  void in_one(F change) {
    file_.run("BEGIN IMMEDIATE");
    try {
      change();
      file_.run("COMMIT");
    } catch (...) {
      undo();
      throw;
    }
  }
  // SQLite may have done so itself.
  void undo() noexcept {
    try {
      file_.run("ROLLBACK");
    } catch (...) {
    }
  }

  sqlite_file file_;
};

} // namespace

std::shared_ptr<journal> open_journal(const std::string& file) {
  return std::make_shared<sqlite_journal>(file);
}

} // namespace chat
