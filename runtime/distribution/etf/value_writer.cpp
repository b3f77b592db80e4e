// Writing values. As deep as a value may be, and no deeper.
#include "writer.hpp"

namespace websock::runtime::etf {

namespace {

/// One function for each content of a value.
class content_writer {
public:
  explicit content_writer(writer& out) noexcept : out_(&out) {}

  void operator()(std::int64_t number) const { out_->integer(number); }
  void operator()(double number) const { out_->number(number); }
  void operator()(const big& number) const { out_->big(number); }
  void operator()(const atom& name) const { out_->atom(name.name); }
  void operator()(const binary& found) const { out_->binary(found.octets); }
  void operator()(const bit_string& bits) const {
    out_->bit_string(bits.octets, bits.last_bits);
  }
  void operator()(const string_list& found) const { out_->string_list(found.octets); }
  void operator()(const list& found) const {
    out_->list(found.elements.size());
    all(found.elements);
    out_->nil();
  }
  void operator()(const improper_list& found) const {
    out_->list(found.elements.size());
    all(found.elements);
    out_->value(found.tail);
  }
  void operator()(const tuple& found) const {
    out_->tuple(found.elements.size());
    all(found.elements);
  }
  void operator()(const map& found) const {
    out_->map(found.pairs.size());
    for (const auto& [key, mapped] : found.pairs) {
      out_->value(key);
      out_->value(mapped);
    }
  }
  void operator()(const pid& process) const { out_->pid(process); }
  void operator()(const reference& found) const { out_->reference(found); }
  void operator()(const port& found) const { out_->port(found); }
  void operator()(const opaque& term) const { out_->raw(term.octets); }

private:
  void all(const std::vector<value>& elements) const {
    for (const auto& each : elements)
      out_->value(each);
  }

  writer* out_;
};

} // namespace

void writer::value(const etf::value& term) {
  const auto size = out_->size();
  try {
    term.visit(content_writer(*this));
  } catch (...) {
    out_->resize(size);
    throw;
  }
}

} // namespace websock::runtime::etf
