// Reads TOML and collects every mistake, each with its place: "hejnal.toml:4:8: expected a duration such as
// "2h"". A key that nobody asked for is a mistake, too: most of them are misspelt ones.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "json/value.hpp"

namespace hejnal::config {

class TomlTable;

class TomlFile {
 public:
  TomlFile(std::string_view text, std::string name);
  ~TomlFile();

  TomlTable root();
  json::Value data() const;  // all of it, key by key
  const std::vector<std::string>& mistakes() const { return mistakes_; }
  const std::vector<std::string>& warnings() const { return warnings_; }
  void mistake(int line, int column, std::string_view what);
  // To be called last: reports the keys that nobody asked for.
  void report_unknown_keys();

 private:
  friend class TomlTable;
  struct Document;
  std::unique_ptr<Document> document_;
  std::string name_;
  std::vector<std::string> mistakes_, warnings_;
};

// A view of one table. Getters return the fallback after noting the mistake; `required` makes absence one.
class TomlTable {
 public:
  struct Place {
    int line = 1, column = 1;
  };

  bool has(std::string_view key) const;
  std::string text(std::string_view key, std::string_view fallback = {}, bool required = false);
  bool boolean(std::string_view key, bool fallback);
  std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t min, std::int64_t max);
  Duration duration(std::string_view key, Duration fallback, bool required = false);
  std::vector<std::string> texts(std::string_view key, bool required = false);
  std::vector<double> numbers(std::string_view key);
  std::optional<TomlTable> table(std::string_view key, bool required = false);
  std::vector<TomlTable> tables(std::string_view key, bool required = false);  // [[key]]
  void mistake(std::string_view key, std::string_view what);  // at the key, or at the table when it is absent
  void warning(std::string_view key, std::string_view what);  // so, too; the file is good all the same
  std::string path(std::string_view key) const;

 private:
  friend class TomlFile;
  TomlTable(TomlFile* file, const void* node, std::string path)
      : file_(file), node_(node), path_(std::move(path)) {}

  std::string placed(std::string_view key, std::string_view what) const;

  TomlFile* file_;
  const void* node_;  // a toml::table; null for a file that could not be parsed
  std::string path_;
};

}  // namespace hejnal::config
