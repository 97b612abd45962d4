#include "config/toml_reader.hpp"

#include <fmt/format.h>

// toml++ asserts that what it has not looked at yet is well formed ("[" and a control character, for one),
// and then tells of the mistake all the same. A mistake in a file must not stop the program.
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>
#include <set>

namespace hejnal::config {

struct TomlFile::Document {
  toml::table table;
  std::set<const toml::node*> asked;
};

namespace {

const toml::table* as_table(const void* node) { return static_cast<const toml::table*>(node); }

const char* name_of(toml::node_type type) {
  switch (type) {
    case toml::node_type::string:
      return "a text in quotes";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::table:
      return "a table";
    default:
      return "a date or time";
  }
}

TomlTable::Place place_of(const toml::node& node) {
  return {static_cast<int>(node.source().begin.line), static_cast<int>(node.source().begin.column)};
}

}  // namespace

TomlFile::TomlFile(std::string_view text, std::string name)
    : document_(std::make_unique<Document>()), name_(std::move(name)) {
  int line = 1, column = 1;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) {
      mistake(line, column, fmt::format("a control character ({:#04x}) has no place here", c));
      return;
    }
    column = c == '\n' ? 1 : column + 1;
    if (c == '\n') ++line;
  }
  try {
    document_->table = toml::parse(text, std::string_view(name_));
  } catch (const toml::parse_error& e) {
    mistake(static_cast<int>(e.source().begin.line), static_cast<int>(e.source().begin.column),
            e.description());
  }
}

TomlFile::~TomlFile() = default;

TomlTable TomlFile::root() { return TomlTable(this, &document_->table, ""); }

void TomlFile::mistake(int line, int column, std::string_view what) {
  mistakes_.push_back(fmt::format("{}:{}:{}: {}", name_, line, column, what));
}

void TomlFile::report_unknown_keys() {
  const auto walk = [this](const auto& self, const toml::table& table, const std::string& path) -> void {
    for (const auto& [key, node] : table) {
      const std::string full = path.empty() ? std::string(key.str()) : path + "." + std::string(key.str());
      if (!document_->asked.contains(&node)) {
        mistake(static_cast<int>(key.source().begin.line), static_cast<int>(key.source().begin.column),
                fmt::format("there is no setting \"{}\"", full));
      } else if (const auto* inner = node.as_table()) {
        self(self, *inner, full);
      } else if (const auto* list = node.as_array()) {
        for (const auto& element : *list) {
          if (const auto* row = element.as_table()) self(self, *row, full);
        }
      }
    }
  };
  walk(walk, document_->table, "");
}

std::string TomlTable::path(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void TomlTable::mistake(std::string_view key, std::string_view what) {
  const toml::node* node = as_table(node_)->get(key);
  const Place place = node ? place_of(*node) : place_of(*as_table(node_));
  file_->mistake(std::max(place.line, 1), std::max(place.column, 1), fmt::format("{}: {}", path(key), what));
}

namespace {

// The node of a key if it has the wanted type; notes the mistake otherwise.
template <class T>
const T* typed(TomlTable& table, const toml::table& raw, std::set<const toml::node*>& asked,
               std::string_view key, bool required, const char* expected) {
  const toml::node* node = raw.get(key);
  if (!node) {
    if (required) table.mistake(key, fmt::format("is missing; expected {}", expected));
    return nullptr;
  }
  asked.insert(node);
  const T* found = node->as<T>();
  if (!found) table.mistake(key, fmt::format("expected {}, found {}", expected, name_of(node->type())));
  return found;
}

}  // namespace

bool TomlTable::has(std::string_view key) const { return as_table(node_)->contains(key); }

std::string TomlTable::text(std::string_view key, std::string_view fallback, bool required) {
  const auto* value = typed<toml::value<std::string>>(*this, *as_table(node_), file_->document_->asked, key,
                                                      required, "a text in quotes");
  return value ? value->get() : std::string(fallback);
}

bool TomlTable::boolean(std::string_view key, bool fallback) {
  const auto* value =
      typed<toml::value<bool>>(*this, *as_table(node_), file_->document_->asked, key, false, "true or false");
  return value ? value->get() : fallback;
}

std::int64_t TomlTable::integer(std::string_view key, std::int64_t fallback, std::int64_t min,
                                std::int64_t max) {
  const auto* value = typed<toml::value<std::int64_t>>(*this, *as_table(node_), file_->document_->asked, key,
                                                       false, "a whole number");
  if (!value) return fallback;
  if (value->get() < min || value->get() > max) {
    mistake(key, fmt::format("expected a whole number from {} to {}, found {}", min, max, value->get()));
    return fallback;
  }
  return value->get();
}

Duration TomlTable::duration(std::string_view key, Duration fallback, bool required) {
  const auto* value =
      typed<toml::value<std::string>>(*this, *as_table(node_), file_->document_->asked, key, required,
                                      "a duration in quotes, such as \"5m\", \"2h\" or \"7d\"");
  if (!value) return fallback;
  const auto parsed = parse_duration(value->get());
  if (!parsed) {
    mistake(key,
            fmt::format("expected a duration such as \"5m\", \"2h\" or \"7d\", found \"{}\"", value->get()));
    return fallback;
  }
  return *parsed;
}

std::vector<std::string> TomlTable::texts(std::string_view key, bool required) {
  std::vector<std::string> out;
  const auto* list =
      typed<toml::array>(*this, *as_table(node_), file_->document_->asked, key, required, "a list of texts");
  if (!list) return out;
  for (const auto& element : *list) {
    if (const auto* text = element.as_string()) {
      out.push_back(text->get());
    } else {
      mistake(key, fmt::format("expected a list of texts, found {} in it", name_of(element.type())));
    }
  }
  return out;
}

std::vector<double> TomlTable::numbers(std::string_view key) {
  std::vector<double> out;
  const auto* list =
      typed<toml::array>(*this, *as_table(node_), file_->document_->asked, key, false, "a list of numbers");
  if (!list) return out;
  for (const auto& element : *list) {
    if (const auto number = element.value<double>(); number && element.is_number()) {
      out.push_back(*number);
    } else {
      mistake(key, fmt::format("expected a list of numbers, found {} in it", name_of(element.type())));
    }
  }
  return out;
}

std::optional<TomlTable> TomlTable::table(std::string_view key, bool required) {
  const auto* inner =
      typed<toml::table>(*this, *as_table(node_), file_->document_->asked, key, required, "a table");
  if (!inner) return std::nullopt;
  return TomlTable(file_, inner, path(key));
}

std::vector<TomlTable> TomlTable::tables(std::string_view key, bool required) {
  std::vector<TomlTable> out;
  const auto* list = typed<toml::array>(*this, *as_table(node_), file_->document_->asked, key, required,
                                        "one or more [[tables]]");
  if (!list) return out;
  for (const auto& element : *list) {
    if (const auto* row = element.as_table()) {
      out.push_back(TomlTable(file_, row, path(key)));
    } else {
      mistake(key, fmt::format("expected [[{}]], found {}", path(key), name_of(element.type())));
    }
  }
  return out;
}

}  // namespace hejnal::config
