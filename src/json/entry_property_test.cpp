// Any journal entry and any notice, whatever stands in its fields, is read as it was written.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "json/entry.hpp"

namespace hejnal::json {

namespace {

// A value of a field's type. Strings hold what people type, quotes and control characters among it.
template <class T>
concept HasFields = requires(T t) {
  T::fields(t, [](const char*, auto&) {});
};
template <class T>
T any_fields();

template <class T>
T any() {
  if constexpr (requires { core::Names<T>::list; }) {
    return static_cast<T>(
        *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, core::Names<T>::list.size())));
  } else if constexpr (std::is_same_v<T, Instant>) {
    return {*rc::gen::arbitrary<std::int64_t>()};
  } else if constexpr (std::is_same_v<T, std::string>) {
    std::string out;
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i)
      out += *rc::gen::element<std::string>("a", "Ż", "ó", "\"", "\\", "\n", "\x01", "€", "🎺", " ", "/", "{");
    return out;
  } else if constexpr (HasFields<T>) {
    return any_fields<T>();
  } else if constexpr (requires(T t) { t.emplace_back(); }) {
    T out;
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) out.push_back(any<typename T::value_type>());
    return out;
  } else {
    return *rc::gen::arbitrary<T>();
  }
}

template <class T>
T any_fields() {
  T out;
  T::fields(out, [](const char*, auto& field) { field = any<std::remove_reference_t<decltype(field)>>(); });
  return out;
}

template <class Body, std::size_t... I>
Body any_body(std::index_sequence<I...>) {
  // At its usual sizes inRange() hardly ever gives what stands last: the newest kinds.
  const std::size_t which =
      *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, sizeof...(I)));
  Body out;
  (void)((I == which ? (out = any_fields<std::variant_alternative_t<I, Body>>(), true) : false) || ...);
  return out;
}

template <class Entry>
std::vector<Entry> any_entries(Instant at) {
  using Body = typename Entry::Body;
  std::vector<Entry> entries;
  for (int i = *rc::gen::inRange(0, 5); i > 0; --i)
    entries.push_back({at, any<std::string>(), any<std::string>(),
                       any_body<Body>(std::make_index_sequence<std::variant_size_v<Body>>())});
  return entries;
}

}  // namespace

TEST(EntriesProperty, RoundTrip) {
  EXPECT_TRUE(rc::check("decode(encode(x)) == x", [] {
    const Instant at = any<Instant>();
    const auto entries = any_entries<core::Entry>(at);
    const auto again = decode_entries(encode_entries(entries), at);
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == entries);
    RC_ASSERT(encode_entries(*again) == encode_entries(entries));
  }));
}

TEST(EntriesProperty, RoundTripOfOutagesCallbacksAndReports) {
  EXPECT_TRUE(rc::check("decode(encode(x)) == x", [] {
    const Instant at = any<Instant>();
    const auto of_outage = any_entries<core::outage::Entry>(at);
    const auto outage = decode_entries_of<core::outage::Body>(encode_entries(of_outage), at);
    RC_ASSERT(outage.has_value());
    RC_ASSERT(*outage == of_outage);
    const auto of_callback = any_entries<core::callback::Entry>(at);
    const auto callback = decode_entries_of<core::callback::Body>(encode_entries(of_callback), at);
    RC_ASSERT(callback.has_value());
    RC_ASSERT(*callback == of_callback);
    const auto of_report = any_entries<core::sent::Entry>(at);
    const auto report = decode_entries_of<core::sent::Body>(encode_entries(of_report), at);
    RC_ASSERT(report.has_value());
    RC_ASSERT(*report == of_report);
  }));
}

TEST(NoticesProperty, RoundTrip) {
  EXPECT_TRUE(rc::check("decode(encode(x)) == x", [] {
    const auto notice = any_fields<core::Notice>();
    const auto again = decode_notice(encode_notice(notice));
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == notice);
  }));
}

}  // namespace hejnal::json
