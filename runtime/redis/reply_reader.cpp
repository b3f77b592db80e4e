// hiredis's parser, with replies of our own as what it makes.
#include "reply_reader.hpp"

#include <hiredis/read.h>

#include <new>
#include <utility>

namespace websock::runtime::redis {

namespace {

// The parser keeps a pointer to the list that it fills. That is the last element of its
// own list until it is full, so that no vector moves it.
void* add_reply(const redisReadTask* task, reply made) noexcept {
  try {
    if (task->parent == nullptr)
      return new reply(std::move(made));
    auto& into = static_cast<reply*>(task->parent->obj)->elements;
    if (into.size() == reply_reader::most_elements)
      return nullptr; // which is an error to the parser
    return &into.emplace_back(std::move(made));
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

[[nodiscard]] reply::kind kind_of_text(int type) noexcept {
  switch (type) {
  case REDIS_REPLY_STATUS:
    return reply::kind::status;
  case REDIS_REPLY_ERROR:
    return reply::kind::error;
  default:
    return reply::kind::text;
  }
}

void* make_text(const redisReadTask* task, char* octets, std::size_t count) noexcept {
  try {
    reply made;
    made.type = kind_of_text(task->type);
    made.text.assign(octets, count);
    return add_reply(task, std::move(made));
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

// `Count` is an int to hiredis 0.14, and a size_t later.
template <class Count>
void* make_list(const redisReadTask* task, Count count) noexcept {
  if (count > static_cast<Count>(reply_reader::most_elements))
    return nullptr;
  reply made;
  made.type = reply::kind::list;
  return add_reply(task, std::move(made));
}

void* make_integer(const redisReadTask* task, long long number) noexcept {
  reply made;
  made.type = reply::kind::integer;
  made.number = number;
  return add_reply(task, std::move(made));
}

void* make_nil(const redisReadTask* task) noexcept {
  return add_reply(task, {});
}

void destroy_reply(void* made) noexcept {
  delete static_cast<reply*>(made);
}

// Of RESP3, which is never asked for; hiredis knows them from 1.0 on.
template <class Functions>
void refuse_others(Functions& all) noexcept {
  if constexpr (requires { all.createDouble; })
    all.createDouble = [](const redisReadTask*, double, char*, std::size_t) -> void* {
      return nullptr;
    };
  if constexpr (requires { all.createBool; })
    all.createBool = [](const redisReadTask*, int) -> void* { return nullptr; };
}

[[nodiscard]] redisReplyObjectFunctions reply_functions() noexcept {
  redisReplyObjectFunctions all{};
  all.createString = make_text;
  all.createArray = make_list;
  all.createInteger = make_integer;
  all.createNil = make_nil;
  all.freeObject = destroy_reply;
  refuse_others(all);
  return all;
}

} // namespace

struct reply_reader::parser {
  parser() : functions(reply_functions()) {
    reader = redisReaderCreateWithFunctions(&functions);
    if (reader == nullptr)
      throw std::bad_alloc();
  }
  ~parser() { redisReaderFree(reader); }
  parser(const parser&) = delete;
  parser& operator=(const parser&) = delete;

  redisReplyObjectFunctions functions;
  redisReader* reader;
};

reply_reader::reply_reader(std::size_t most_octets)
    : most_octets_(most_octets), parser_(std::make_unique<parser>()) {
}

reply_reader::~reply_reader() = default;

void reply_reader::feed(std::string_view octets) {
  auto* const reader = parser_->reader;
  if (trouble_.empty()
      && redisReaderFeed(reader, octets.data(), octets.size()) != REDIS_OK)
    trouble_ = redisReaderGetError(reader);
}

std::optional<reply> reply_reader::next() {
  if (!trouble_.empty())
    return std::nullopt;
  auto* const reader = parser_->reader;
  void* got = nullptr;
  if (redisReaderGetReply(reader, &got) != REDIS_OK) {
    trouble_ = std::string("what arrives is no reply: ") + redisReaderGetError(reader);
    return std::nullopt;
  }
  if (got != nullptr) {
    const std::unique_ptr<reply> made(static_cast<reply*>(got));
    return std::move(*made);
  }
  if (reader->len - reader->pos > most_octets_)
    trouble_ = "a reply has more than " + std::to_string(most_octets_) + " octets";
  return std::nullopt;
}

} // namespace websock::runtime::redis
