// Boost.Beast: an asynchronous echo and broadcast server on one thread.
//
//   /       sends each message back
//   /hub    broadcasts each message to all members, including its sender
#include <CLI/CLI.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <sys/resource.h>

#include <deque>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_set>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;
using shared_text = std::shared_ptr<const std::string>;

/// The members that receive a broadcast.
class receiver {
public:
  virtual void deliver(const shared_text& text) = 0;

protected:
  ~receiver() = default;
};

using hub = std::unordered_set<receiver*>;

template <class Stream>
class session final : public receiver,
                      public std::enable_shared_from_this<session<Stream>> {
public:
  template <class... Args>
  session(hub& members, bool compress, tcp::socket socket, Args&... tls)
      : members_(members), stream_(std::move(socket), tls...) {
    websocket::permessage_deflate deflate;
    deflate.server_enable = compress;
    stream_.set_option(deflate);
    stream_.auto_fragment(false);
    stream_.read_message_max(64 * 1'024 * 1'024);
  }
  ~session() { members_.erase(this); }

  void start() {
    if constexpr (is_tls)
      stream_.next_layer().async_handshake(asio::ssl::stream_base::server,
                                           then(&session::read_request));
    else
      read_request({});
  }

  void deliver(const shared_text& text) override {
    waiting_.push_back(text);
    if (waiting_.size() == 1)
      write_next();
  }

private:
  static constexpr bool is_tls =
      !std::is_same_v<Stream, websocket::stream<beast::tcp_stream>>;
  using member = void (session::*)(beast::error_code);

  /// A handler that keeps the session alive and calls `next`; on an error the session
  /// ends.
  auto then(member next) {
    return [self = this->shared_from_this(), next](beast::error_code failed, auto&&...) {
      if (!failed)
        (self.get()->*next)(failed);
    };
  }

  void read_request(beast::error_code) {
    http::async_read(stream_.next_layer(), buffer_, request_, then(&session::accept));
  }
  void accept(beast::error_code) {
    in_hub_ = request_.target() == "/hub";
    stream_.async_accept(request_, then(&session::begin));
  }
  void begin(beast::error_code) {
    if (in_hub_)
      members_.insert(this);
    read({});
  }
  void read(beast::error_code) { stream_.async_read(buffer_, then(&session::on_read)); }
  void on_read(beast::error_code) {
    stream_.text(stream_.got_text());
    if (!in_hub_)
      return stream_.async_write(buffer_.data(), then(&session::on_echoed));
    const auto text =
        std::make_shared<const std::string>(beast::buffers_to_string(buffer_.data()));
    buffer_.consume(buffer_.size());
    for (auto* each : members_)
      each->deliver(text);
    read({});
  }
  void on_echoed(beast::error_code) {
    buffer_.consume(buffer_.size());
    read({});
  }
  void write_next() {
    stream_.async_write(asio::buffer(*waiting_.front()), then(&session::on_written));
  }
  void on_written(beast::error_code) {
    waiting_.pop_front();
    if (!waiting_.empty())
      write_next();
  }

  hub& members_;
  Stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  std::deque<shared_text> waiting_;
  bool in_hub_ = false;
};

using plain_session = session<websocket::stream<beast::tcp_stream>>;
using tls_session = session<websocket::stream<beast::ssl_stream<beast::tcp_stream>>>;

class server {
public:
  server(bool compress, std::optional<asio::ssl::context>& tls)
      : compress_(compress), tls_(tls),
        acceptor_(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}

  [[nodiscard]] unsigned port() const { return acceptor_.local_endpoint().port(); }
  void run() {
    accept();
    context_.run();
  }

private:
  void accept() {
    acceptor_.async_accept([this](beast::error_code failed, tcp::socket socket) {
      if (!failed)
        serve(std::move(socket));
      accept();
    });
  }
  void serve(tcp::socket socket) {
    socket.set_option(tcp::no_delay(true));
    if (tls_)
      std::make_shared<tls_session>(members_, compress_, std::move(socket), *tls_)
          ->start();
    else
      std::make_shared<plain_session>(members_, compress_, std::move(socket))->start();
  }

  const bool compress_;
  std::optional<asio::ssl::context>& tls_;
  hub members_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
};

} // namespace

int main(int argc, char** argv) {
  bool compress = false;
  std::string certificate;
  std::string key;
  CLI::App app("Boost.Beast, to be measured.");
  app.add_flag("--compress", compress, "permessage-deflate");
  app.add_option("--tls-cert", certificate, "certificate, PEM");
  app.add_option("--tls-key", key, "its key, PEM");
  CLI11_PARSE(app, argc, argv);
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  std::optional<asio::ssl::context> tls;
  if (!key.empty()) {
    tls.emplace(asio::ssl::context::tls_server);
    tls->use_certificate_chain_file(certificate);
    tls->use_private_key_file(key, asio::ssl::context::pem);
  }
  server one(compress, tls);
  std::cout << (tls ? "wss" : "ws") << "://127.0.0.1:" << one.port() << '/' << std::endl;
  one.run();
}
