#include "json/entry.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/text.hpp"
#include "json/fields.hpp"

namespace hejnal::json {

namespace {

// Reads the alternative of a journal's body whose kind has this name.
template <class Any, std::size_t I = 0>
Result<Any> read_body(std::string_view kind, const Value& v) {
  if constexpr (I == std::variant_size_v<Any>) {
    return fail(Fault::corrupt, "a journal holds an entry of the unknown kind \"{}\"", kind);
  } else {
    using Body = std::variant_alternative_t<I, Any>;
    if (kind == Body::kind) {
      HEJNAL_TRY(Body body, from_value<Body>(v));
      return Any(std::move(body));
    }
    return read_body<Any, I + 1>(kind, v);
  }
}

// What stands in our own database is ours: text that cannot be parsed is damage there, not somebody's
// mistake.
Result<Value> parse_stored(std::string_view text) {
  auto parsed = parse(text);
  if (!parsed) return fail(Fault::corrupt, "a stored text is damaged: {}", parsed.error().what);
  return parsed;
}

std::string text_of(const Object& object, std::string_view name) {
  const Value* found = object.if_contains(name);
  return found && found->is_string() ? std::string(found->as_string()) : std::string();
}

}  // namespace

namespace detail {

void write_string(std::string& out, std::string_view text) {
  if (!is_valid_utf8(text)) return write_string(out, sanitize_utf8(text));
  const auto special = [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; };
  out += '"';
  while (!text.empty()) {
    const auto plain =
        static_cast<std::size_t>(std::find_if(text.begin(), text.end(), special) - text.begin());
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    if (text.front() == '"' || text.front() == '\\') {
      out.append({'\\', text.front()});
    } else {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<int>(text.front()));
    }
    text.remove_prefix(1);
  }
  out += '"';
}

}  // namespace detail

namespace {

template <class Body>
void write_entry(std::string& out, const core::EntryOf<Body>& entry) {
  out += '{';
  const auto field = [&out](std::string_view name, std::string_view value) {
    detail::write_name(out, name);
    detail::write_string(out, value);
  };
  field("kind", entry.kind());
  field("by", entry.by);
  if (!entry.why.empty()) field("why", entry.why);
  std::visit([&](const auto& body) { detail::write_fields(out, body); }, entry.body);
  out += '}';
}

template <class Body>
Object object_of(const core::EntryOf<Body>& entry) {
  std::string text;
  write_entry(text, entry);
  auto parsed = parse(text);
  HEJNAL_CHECK(parsed && parsed->is_object());
  return std::move(parsed->as_object());
}

template <class Body>
std::string encode(const std::vector<core::EntryOf<Body>>& entries) {
  std::string out = "[";
  for (const auto& entry : entries) {
    if (out.size() > 1) out += ',';
    write_entry(out, entry);
  }
  return out + "]";
}

template <class Body>
Result<std::vector<core::EntryOf<Body>>> decode(std::string_view text, Instant at) {
  HEJNAL_TRY(const Value parsed, parse_stored(text));
  if (!parsed.is_array()) return fail(Fault::corrupt, "a journal row is not a list");
  std::vector<core::EntryOf<Body>> out;
  for (const Value& v : parsed.as_array()) {
    if (!v.is_object()) return fail(Fault::corrupt, "a journal entry is not an object");
    const Object& object = v.as_object();
    HEJNAL_TRY(Body body, read_body<Body>(text_of(object, "kind"), v));
    out.push_back({at, text_of(object, "by"), text_of(object, "why"), std::move(body)});
  }
  return out;
}

}  // namespace

Object entry_object(const core::Entry& entry) { return object_of(entry); }
Object entry_object(const core::outage::Entry& entry) { return object_of(entry); }
Object entry_object(const core::callback::Entry& entry) { return object_of(entry); }
Object entry_object(const core::sent::Entry& entry) { return object_of(entry); }

std::string encode_entries(const std::vector<core::Entry>& entries) { return encode(entries); }
std::string encode_entries(const std::vector<core::outage::Entry>& entries) { return encode(entries); }
std::string encode_entries(const std::vector<core::callback::Entry>& entries) { return encode(entries); }
std::string encode_entries(const std::vector<core::sent::Entry>& entries) { return encode(entries); }

Result<std::vector<core::Entry>> decode_entries(std::string_view text, Instant at) {
  return decode<core::Body>(text, at);
}
template <class Body>
Result<std::vector<core::EntryOf<Body>>> decode_entries_of(std::string_view text, Instant at) {
  return decode<Body>(text, at);
}
template Result<std::vector<core::outage::Entry>> decode_entries_of(std::string_view, Instant);
template Result<std::vector<core::callback::Entry>> decode_entries_of(std::string_view, Instant);
template Result<std::vector<core::sent::Entry>> decode_entries_of(std::string_view, Instant);

std::string encode_notice(const core::Notice& notice) { return to_text(notice); }

Result<core::Notice> decode_notice(std::string_view text) {
  HEJNAL_TRY(const Value parsed, parse_stored(text));
  return from_value<core::Notice>(parsed);
}

}  // namespace hejnal::json
