// Rows by key in a container of the standard library, and what they were before the transaction: each change
// notes the row as it was, so that a rollback puts it back, newest change first. Tables know nothing of each
// other: whoever keeps several of them tells all of them (Tables in memory.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace hejnal::store::memory {

template <class Map>
class Table {
 public:
  using Key = typename Map::key_type;
  using Row = typename Map::mapped_type;

  const Map& rows() const { return rows_; }
  template <class K>
  const Row* find(const K& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : &found->second;
  }
  bool empty() const { return rows_.empty(); }

  // False: there is one already, and it stays.
  bool add(Key key, Row row) {
    if (!rows_.try_emplace(key, std::move(row)).second) return false;
    undo_.push_back({std::move(key), std::nullopt});
    return true;
  }
  void put(Key key, Row row) {
    const auto [place, is_new] = rows_.try_emplace(key);
    undo_.push_back({std::move(key), is_new ? std::nullopt : std::optional(std::move(place->second))});
    place->second = std::move(row);
  }
  // The row to be changed in its place; null: there is none.
  Row* edit(const Key& key) {
    const auto found = rows_.find(key);
    if (found == rows_.end()) return nullptr;
    undo_.push_back({key, found->second});
    return &found->second;
  }
  void erase(const Key& key) {
    const auto found = rows_.find(key);
    if (found == rows_.end()) return;
    undo_.push_back({key, std::move(found->second)});
    rows_.erase(found);
  }

  void keep() { undo_.clear(); }  // whatever was done up to now stays
  void savepoint() { savepoint_ = undo_.size(); }
  void undo() { undo_to(0); }
  void undo_to_savepoint() { undo_to(savepoint_); }

 private:
  void undo_to(std::size_t mark) {
    for (; undo_.size() > mark; undo_.pop_back()) {
      Change& last = undo_.back();
      if (last.before) {
        rows_.insert_or_assign(std::move(last.key), std::move(*last.before));
      } else {
        rows_.erase(last.key);
      }
    }
  }

  struct Change {
    Key key;
    std::optional<Row> before;  // empty: there was none
  };
  Map rows_;
  std::vector<Change> undo_;
  std::size_t savepoint_ = 0;
};

// Pairs and texts are looked up without being copied.
struct Less {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    // Not by std::tie: clang does not compare a tuple of texts with one of views.
    if (a.first < b.first) return true;
    return !(b.first < a.first) && a.second < b.second;
  }
};
struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

template <class Row>
using ByText = Table<std::unordered_map<std::string, Row, Hash, std::equal_to<>>>;
template <class Row>
using ById = Table<std::unordered_map<std::int64_t, Row>>;  // where nobody asks for an order
template <class Key, class Row>
using InOrder = Table<std::map<Key, Row>>;

// Which ids belong to something, in order: (what, id).
template <class What, class Id>
class Index : public Table<std::map<std::pair<What, Id>, std::monostate, Less>> {
 public:
  void insert(What what, Id id) { this->add({std::move(what), id}, {}); }
  void remove(const What& what, const Id& id) { this->erase({what, id}); }

  // Calls `each(id)` from the first to the last one, until it says false.
  template <class W, class Each>
  void ascending(const W& what, const Each& each) const {
    const auto& all = this->rows();
    for (auto at = all.lower_bound(std::pair<const W&, Id>(what, lowest())); at != all.end(); ++at) {
      if (at->first.first != what || !each(at->first.second)) return;
    }
  }
  template <class W, class Each>
  void descending(const W& what, const Each& each) const {
    const auto& all = this->rows();
    auto at = all.upper_bound(std::pair<const W&, Id>(what, highest()));
    while (at != all.begin()) {
      --at;
      if (at->first.first != what || !each(at->first.second)) return;
    }
  }

 private:
  static Id lowest() {
    if constexpr (std::numeric_limits<Id>::is_specialized) return std::numeric_limits<Id>::min();
    return Id();  // an empty text comes first
  }
  static Id highest() { return std::numeric_limits<Id>::max(); }
};

}  // namespace hejnal::store::memory
