// Metas as text, and what strangers may put in one.
#include "websock/channels/presence/meta_text.hpp"

#include "websock/channels/presence/make_meta.hpp"

#include <cstddef>
#include <stdexcept>
#include <utility>

namespace websock::channels {

namespace {

/// Accepts one object that is not nested too deeply: whoever prints it recurses.
class shape_check final : public nlohmann::json_sax<json> {
public:
  bool null() override { return depth_ > 0; }
  bool boolean(bool) override { return depth_ > 0; }
  bool number_integer(number_integer_t) override { return depth_ > 0; }
  bool number_unsigned(number_unsigned_t) override { return depth_ > 0; }
  bool number_float(number_float_t, const string_t&) override { return depth_ > 0; }
  bool string(string_t&) override { return depth_ > 0; }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return ++depth_ <= most; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return depth_-- > 0; }
  bool start_array(std::size_t) override { return depth_ > 0 && ++depth_ <= most; }
  bool end_array() override { return depth_-- > 0; }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception&) override {
    return false;
  }

private:
  static constexpr std::size_t most = 64;
  std::size_t depth_ = 0;
};

} // namespace

std::string phx_ref_of(std::string_view meta) {
  const auto parsed = json::parse(meta, nullptr, false);
  if (!parsed.is_object())
    return {};
  const auto found = parsed.find("phx_ref");
  return found != parsed.end() && found->is_string() ? found->get<std::string>()
                                                     : std::string();
}

meta_text make_meta(json meta, const std::string& phx_ref, const std::string& previous) {
  if (!meta.is_object())
    throw std::invalid_argument("presence: the meta is no JSON object");
  meta["phx_ref"] = phx_ref;
  meta.erase("phx_ref_prev");
  if (!previous.empty())
    meta["phx_ref_prev"] = previous;
  std::string text;
  try {
    text = meta.dump();
  } catch (const json::exception& why) {
    throw std::invalid_argument(std::string("presence: the meta is no JSON: ")
                                + why.what());
  }
  if (!is_meta(text))
    throw std::invalid_argument("presence: the meta is nested too deeply");
  return std::make_shared<const std::string>(std::move(text));
}

bool is_meta(std::string_view text) {
  shape_check check;
  return json::sax_parse(text, &check);
}

std::string quoted(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace websock::channels
