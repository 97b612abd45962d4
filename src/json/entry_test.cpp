// Journals and notices as JSON: what is written is what is read.
#include "json/entry.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace hejnal::json {

namespace {

constexpr Instant kAt{1'795'424'400'000};

// One entry of each kind, with every field set.
std::vector<core::Entry> one_of_each() {
  using namespace core;
  const Party anna{"Anna Zażółć", "anna@klient.example", "+48601222333", "Klient"};
  const std::vector<Body> bodies = {
      Opened{7,
             "abc",
             Channel::sms,
             anna,
             "Łódź \"i\" \\ \n",
             "K7M2P",
             "token",
             kAt,
             true,
             {1, 2},
             {{2, 45, "bo tak"}}},
      Received{11, Channel::web, Relation::resend, true, "a@b", "c@d", "+48", 3, "e@f", 70},
      Classified{"critical", true, true},
      StepTaken{2},
      EmailFound{1234, anna, "temat", Channel::web},
      Owed{Promise::answer, kAt, {kAt.ms + 1}, {kAt.ms + 2}},
      Moved{Promise::answer, kAt, {kAt.ms + 2}},
      Paused{Promise::answer, -5},
      Kept{Promise::answer, 9},
      Released{Promise::answer},
      Breached{Promise::answer, 8},
      Rang{Promise::answer, 3, 7, kAt},
      Planned{Timer::answer, kAt, "za chwilę", true, {Channel::email, Channel::sms}},
      Dropped{Timer::close, 6},
      Acted{Action::absorb, "tekst", 4},
      Became{State::settled},
      Linked{5, 6},
      Said{3, NoticeKind::start_of_work, Channel::sms, "+48"},
      Withheld{NoticeKind::settled},
      Fate{2, NoticeState::bounced, "550"},
      TookOver{true, {3, 5}, anna, "temat", "K7M2P", "token", "a@b", "c@d", 12},
      Offered{21, "anna@klient.example", "Serwer"},
      Unjoined{11, 9, "+48"},
      LinkChanged{3, "token"},
      InOutage{4, true},
      Alerted{"prometheus", "k", true, true, 5, "warning", "db1", "urgent", 300'000},
  };
  EXPECT_EQ(bodies.size(), std::variant_size_v<Body>);
  std::vector<Entry> out;
  for (const Body& body : bodies) out.push_back({kAt, "Ola", "bo tak", body});
  return out;
}

core::Notice notice() {
  core::Notice n;
  n.id = 4;
  n.kind = core::NoticeKind::alert;
  n.channel = core::Channel::sms;
  n.to = "+48600000001";
  n.to_name = "Piotr";
  n.copy = true;
  n.through = 3;
  n.number = 7;
  n.class_name = "critical";
  n.subject = "Serwer";
  n.short_code = "K7M2P";
  n.token = "token";
  n.client = {"Anna", "a@k", "+48", "Klient"};
  n.in_reply_to = 11;
  n.text = "słowa";
  n.why = "bo tak";
  n.found = "Serwer (anna@klient.example)";
  n.promise = core::Promise::answer;
  n.ring = 3;
  n.due = kAt;
  n.late_ms = 5;
  n.failure_open = true;
  return n;
}

Fault fault_of(std::string_view text) {
  const auto decoded = decode_entries(text, kAt);
  EXPECT_FALSE(decoded) << text;
  return decoded ? Fault::conflict : decoded.error().fault;
}

}  // namespace

TEST(Entries, EveryKindIsReadAsItWasWritten) {
  const auto entries = one_of_each();
  const std::string text = encode_entries(entries);
  const auto again = decode_entries(text, kAt);
  ASSERT_TRUE(again) << again.error().what;
  ASSERT_EQ(again->size(), entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) EXPECT_EQ((*again)[i], entries[i]) << entries[i].kind();
  EXPECT_EQ(encode_entries(*again), text);  // byte for byte
}

TEST(Entries, WithNothingSetTheyAreShortAndTheSame) {
  std::vector<core::Entry> entries = {{kAt, "desk", {}, core::Opened{}}, {kAt, {}, {}, core::Linked{}}};
  const std::string text = encode_entries(entries);
  EXPECT_EQ(text, R"([{"kind":"opened","by":"desk","channel":"email"},{"kind":"linked","by":""}])");
  EXPECT_EQ(decode_entries(text, kAt).value(), entries);
  EXPECT_TRUE(decode_entries("[]", kAt).value().empty());
}

// A field that is left out is read as its default, so nothing but zero and empty may be one.
TEST(Entries, ANumberThatIsZeroIsNotAnotherOne) {
  const std::vector<core::Entry> entries = {{kAt, "a", "", core::StepTaken{0}},
                                            {kAt, "a", "", core::Rang{core::Promise::react, 0, 0, {}}}};
  EXPECT_EQ(decode_entries(encode_entries(entries), kAt).value(), entries);
}

TEST(Entries, NamesAreThePublishedOnes) {
  std::string kinds;
  for (const core::Entry& e : one_of_each()) kinds += std::string(e.kind()) + " ";
  EXPECT_EQ(kinds,
            "opened received classified step_taken email_found owed moved paused kept released breached rang "
            "planned "
            "dropped acted became linked said withheld fate took_over offered unjoined "
            "link_changed in_outage alerted ");
}

TEST(Entries, OfANewerProgramUnknownFieldsArePassedOver) {
  const auto entries = decode_entries(R"([{"kind":"linked","other":5,"colour":{"deep":[1]}}])", kAt);
  ASSERT_TRUE(entries);
  EXPECT_EQ(std::get<core::Linked>((*entries)[0].body).other, 5);
}

TEST(Entries, WhatCannotBeReadIsCorrupt) {
  for (const char* text : {
           "",
           " ",
           "x",
           "null",
           "{}",
           "3",
           "[3]",
           "[null]",
           "[[]]",
           "[{}]",
           R"([{"kind":"invented"}])",
           R"([{"kind":5}])",
           R"([{"kind":"linked","other":"5"}])",
           R"([{"kind":"linked","other":5.5}])",
           R"([{"kind":"linked","other":1e3}])",
           R"([{"kind":"linked","other":null}])",
           R"([{"kind":"linked","other":99999999999999999999}])",
           R"([{"kind":"step_taken","step":4294967298}])",
           R"([{"kind":"became","state":"fresh"}])",
           R"([{"kind":"became","state":3}])",
           R"([{"kind":"classified","confirmed":1}])",
           R"([{"kind":"opened","client":"Anna"}])",
           R"([{"kind":"opened","client":{"name":3}}])",
           R"([{"kind":"opened","candidates":5}])",
           R"([{"kind":"opened","candidates":["5"]}])",
           R"([{"kind":"owed","due":"2026"}])",
           R"([{"kind":"planned","channels":["pigeon"]}])",
           "[{\"kind\":\"linked\",\"why\":\"\xFF\"}]",
           R"([{"kind":"linked"}] x)",
       }) {
    EXPECT_EQ(fault_of(text), Fault::corrupt) << text;
  }
}

TEST(Entries, TruncatedAnywhereTheyAreCorrupt) {
  const std::string text = encode_entries(one_of_each());
  for (std::size_t length = 0; length < text.size(); ++length)
    ASSERT_EQ(fault_of(std::string_view(text).substr(0, length)), Fault::corrupt) << length;
}

TEST(Entries, TextThatIsNoUtf8IsRepairedNotLost) {
  const std::vector<core::Entry> entries = {
      {kAt, "Ola\xFF", "\xC3",
       core::Fate{1, core::NoticeState::failed, "554 odrzucono: za\xBF\xF3\xB3\xE6"}}};
  const auto again = decode_entries(encode_entries(entries), kAt);
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_TRUE(std::get<core::Fate>((*again)[0].body).text.starts_with("554 odrzucono: za\xEF\xBF\xBD"));
}

TEST(Notices, AreReadAsTheyWereWritten) {
  const core::Notice n = notice();
  EXPECT_EQ(decode_notice(encode_notice(n)).value(), n);
  EXPECT_EQ(decode_notice(encode_notice({})).value(), core::Notice{});
  const std::string text = encode_notice(n);
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto cut = decode_notice(std::string_view(text).substr(0, length));
    ASSERT_FALSE(cut);
    ASSERT_EQ(cut.error().fault, Fault::corrupt);
  }
  EXPECT_EQ(decode_notice("[]").error().fault, Fault::corrupt);
}

TEST(Values, AreParsedWithinBounds) {
  EXPECT_TRUE(parse(" {\"a\": [1, 2.5, true, null, \"ż\"]} \n"));
  EXPECT_TRUE(parse(std::string(15, '[') + std::string(15, ']')));
  EXPECT_FALSE(parse(std::string(40, '[') + std::string(40, ']')));
  EXPECT_EQ(parse("{} {}").error().what, "not JSON: something follows the value at byte 3");
  const auto bad = parse("{\"a\": tru}");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().fault, Fault::malformed);
  EXPECT_TRUE(bad.error().what.starts_with("not JSON: ")) << bad.error().what;
  EXPECT_FALSE(parse(std::string_view("\"\0\"", 3)));
  EXPECT_EQ(parse("9223372036854775807").value().as_int64(), std::numeric_limits<std::int64_t>::max());
}

}  // namespace hejnal::json
