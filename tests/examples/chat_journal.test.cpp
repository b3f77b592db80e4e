// What the chat keeps in a file, and which files it refuses.
#include "examples/chat/journal.hpp"
#include "examples/chat/name_tokens.hpp"
#include "tests/catch.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <string>

using chat::journal;
using chat::line;
namespace fs = std::filesystem;

namespace {

class scratch_folder {
public:
  scratch_folder()
      : path_(fs::temp_directory_path()
              / ("chat-store-" + chat::new_secret().substr(0, 16))) {
    fs::create_directory(path_);
  }
  ~scratch_folder() { fs::remove_all(path_); }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  [[nodiscard]] std::string file(const char* name) const {
    return (path_ / name).string();
  }

private:
  fs::path path_;
};

struct contents {
  explicit contents(journal& from) { from.read(rooms, names); }
  chat::rooms rooms{{}};
  chat::reserved_names names;
};

[[nodiscard]] line said(std::uint64_t number, const std::string& text) {
  return {"id-" + std::to_string(number), number, "ada", text, 1'000};
}

/// As another program would.
void run(const std::string& file, const char* statement) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database, statement, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
}

} // namespace

TEST_CASE("what was kept is there when the file is opened again") {
  const scratch_folder folder;
  const auto file = folder.file("store");
  std::string secret;
  {
    const auto first = chat::open_journal(file);
    secret = first->secret();
    first->add("lobby", said(1, "hello"), 10);
    first->add("lobby", said(2, "it's \"quoted\"; \xF0\x9F\x98\x80"), 10);
    first->add("kitchen", said(1, "soup"), 10);
    first->add("cellar", said(1, "wine"), 10);
    first->forget("cellar");
    for (const char* name : {"ada", "bob", "ada"})
      first->reserve(name);
    first->reserve("carol");
    first->release("carol");
  }
  const auto again = chat::open_journal(file);
  CHECK(again->secret() == secret);
  contents found(*again);
  CHECK(found.rooms.after("lobby", 0)
        == std::vector{said(1, "hello"), said(2, "it's \"quoted\"; \xF0\x9F\x98\x80")});
  CHECK(found.rooms.after("kitchen", 0).size() == 1);
  CHECK_FALSE(found.rooms.contains("cellar"));
  CHECK(found.names.size() == 2);
  CHECK(found.names.contains("ada"));
  CHECK(found.rooms.next("lobby", {}, 5'000).number == 3); // and it goes on
}

TEST_CASE("a file keeps so many lines of a room") {
  const scratch_folder folder;
  const auto subject = chat::open_journal(folder.file("store"));
  for (std::uint64_t i = 1; i <= 5; ++i)
    subject->add("lobby", said(i, "x"), 3);
  subject->add("kitchen", said(1, "x"), 3);
  contents found(*subject);
  const auto lines = found.rooms.after("lobby", 0);
  REQUIRE(lines.size() == 3);
  CHECK(lines.front().number == 3);
  CHECK(found.rooms.after("kitchen", 0).size() == 1);
}

TEST_CASE("only its owner may use the file, for it holds the secret") {
  const scratch_folder folder;
  const auto file = folder.file("store");
  chat::open_journal(file)->add("lobby", said(1, "hello"), 10);
  const auto others = fs::perms::group_all | fs::perms::others_all;
  for (const auto& each : fs::directory_iterator(fs::path(file).parent_path()))
    CHECK((each.status().permissions() & others) == fs::perms::none);
  fs::permissions(file, fs::perms::others_read, fs::perm_options::add);
  CHECK_THROWS_WITH(chat::open_journal(file),
                    Catch::Matchers::Contains("may be used by others"));
}

TEST_CASE("a file that cannot be a store is named, with the reason") {
  const scratch_folder folder;
  const auto file = folder.file("store");
  const auto is_refused = [&](const char* why) {
    CHECK_THROWS_WITH(chat::open_journal(file),
                      Catch::Matchers::Contains(file) && Catch::Contains(why));
  };
  SECTION("it is no database") {
    std::ofstream(file) << std::string(10'000, 'x');
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    is_refused("not a database");
  }
  SECTION("another program's") {
    run(file, "CREATE TABLE theirs (x)");
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    is_refused("another program");
  }
  SECTION("another version's") {
    static_cast<void>(chat::open_journal(file));
    run(file, "PRAGMA user_version = 2");
    is_refused("another version");
  }
  SECTION("damaged") {
    {
      const auto filled = chat::open_journal(file);
      for (std::uint64_t i = 1; i <= 1'000; ++i)
        filled->add("lobby", said(i, std::string(100, 'x')), 10'000);
    }
    std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(4'096);
    damaged << std::string(40'000, '\x7F');
    damaged.close();
    is_refused("");
  }
  SECTION("used by another") {
    const auto first = chat::open_journal(file);
    is_refused("locked");
  }
  SECTION("a folder") {
    fs::create_directory(file);
    is_refused("directory");
  }
}

TEST_CASE("a file in a folder that is not there is refused") {
  CHECK_THROWS_WITH(chat::open_journal("/nowhere/store"),
                    Catch::Matchers::Contains("/nowhere/store: No such file"));
}

TEST_CASE("what the file refuses has changed nothing") {
  const scratch_folder folder;
  const auto file = folder.file("store");
  chat::open_journal(file)->add("lobby", said(1, "hello"), 10);
  run(file, "CREATE TRIGGER refuse BEFORE DELETE ON lines BEGIN SELECT RAISE(ABORT, "
            "'no more'); END");
  const auto subject = chat::open_journal(file);
  CHECK_THROWS_WITH(subject->add("lobby", said(2, "x"), 1),
                    "--store " + file + ": no more");
  CHECK(contents(*subject).rooms.after("lobby", 0) == std::vector{said(1, "hello")});
  subject->add("lobby", said(2, "again"), 10);
  CHECK(contents(*subject).rooms.after("lobby", 0).size() == 2);
}
