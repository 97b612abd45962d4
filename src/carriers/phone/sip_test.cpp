#include "carriers/phone/sip.hpp"

#include <gtest/gtest.h>

namespace hejnal::carriers::phone {

namespace {

SipSettings settings() {
  SipSettings s;
  s.trusted = {"192.0.2.1"};
  return s;
}

ports::SipInvite invite(std::string from) {
  ports::SipInvite i;
  i.call_id = "a84b4c76e66710@pc33.example";
  i.source = "192.0.2.1";
  i.request_uri = "sip:120000000@192.0.2.7:5060";
  i.from = std::move(from);
  return i;
}

std::string from(std::string uri) { return read_invite(settings(), invite(std::move(uri))).from; }

std::string header(const ports::SipAnswer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace

TEST(SipCall, ANumberIsWrittenInManyWays) {
  for (const char* uri :
       {"sip:+48601222333@trunk.example", "sip:48601222333@trunk.example", "sip:0048601222333@trunk.example",
        "sip:601222333@trunk.example;user=phone", "sips:+48-601-222-333@trunk.example", "tel:+48-601-222-333",
        "tel:601222333;phone-context=+48", "sip:601222333;phone-context=+48@trunk.example",
        "sip:%2B48601222333@trunk.example", "sip:+48601222333:secret@trunk.example",
        "SIP:601222333;isub=1@trunk.example", "\"A <b> \\\" c\" <sip:601222333@trunk.example>;tag=1"}) {
    EXPECT_EQ(from(uri), "+48601222333") << uri;
  }
  EXPECT_EQ(from("tel:301234567;phone-context=+49"), "+49301234567");
}

TEST(SipCall, WhoeverHasNoNumberIsNobodyWhoCanBeCalledBack) {
  for (const char* uri :
       {"sip:anonymous@anonymous.invalid", "sip:Anonymous@trunk.example", "sip:+266696687@x",
        "sip:jan@firma.example", "sip:trunk.example", "sip:@trunk.example", "", "<",
        "tel:", "sip:unavailable@invalid", "sip:112@trunk.example", ":::@@;;"}) {
    EXPECT_EQ(from(uri), "") << uri;
  }
}

TEST(SipCall, WhatIsNoNumberIsKeptAsItIsGiven) {
  EXPECT_EQ(read_invite(settings(), invite("sip:bob@trunk.example")).given, "bob");
  EXPECT_EQ(read_invite(settings(), invite("sip:112@trunk.example")).given, "112");
  EXPECT_EQ(read_invite(settings(), invite("sip:anonymous@anonymous.invalid")).given, "");
  EXPECT_EQ(read_invite(settings(), invite("sip:+48601222333@trunk.example")).given, "");
  EXPECT_EQ(read_invite(settings(), invite("sip:493012345678@trunk.example")).from, "+493012345678");
  auto privacy = invite("sip:bob@trunk.example");
  privacy.privacy = "id";
  EXPECT_EQ(read_invite(settings(), privacy).given, "");
}

TEST(SipCall, OnlyATrustedPeerMayAssertWhoCalls) {
  auto call = invite("sip:anonymous@anonymous.invalid");
  call.asserted = {"<sip:trunk4711@trunk.example>", "\"Jan\" <tel:+48601222333>"};
  EXPECT_EQ(read_invite(settings(), call).from, "+48601222333");
  call.source = "203.0.113.9";
  EXPECT_EQ(read_invite(settings(), call).from, "");
  call.from = "sip:605000000@x";
  EXPECT_EQ(read_invite(settings(), call).from, "+48605000000");
  call.source = "192.0.2.1";
  call.asserted.clear();
  call.remote_party = "<sip:601999888@trunk.example>;party=calling;privacy=off";
  EXPECT_EQ(read_invite(settings(), call).from, "+48601999888");
}

TEST(SipCall, PrivacyWithholdsTheNumberFromUsToo) {
  auto call = invite("sip:anonymous@anonymous.invalid");
  call.asserted = {"<sip:601222333@trunk.example>"};
  call.privacy = "id";
  EXPECT_EQ(read_invite(settings(), call).from, "");
  call.privacy = "critical; ID";
  EXPECT_EQ(read_invite(settings(), call).from, "");
  call.privacy = "none";
  EXPECT_EQ(read_invite(settings(), call).from, "+48601222333");
}

TEST(SipCall, TheSameCallIdIsTheSameCallHoweverLongItIs) {
  EXPECT_EQ(read_invite(settings(), invite("")).id, "sip:a84b4c76e66710@pc33.example");
  auto call = invite("");
  call.call_id = std::string(5000, 'x');
  const std::string id = read_invite(settings(), call).id;
  EXPECT_EQ(id.size(), 4 + 64u);
  EXPECT_EQ(read_invite(settings(), call).id, id);
  call.call_id += "y";
  EXPECT_NE(read_invite(settings(), call).id, id);
  call.call_id = "a\r\nX: y\xff";
  EXPECT_EQ(read_invite(settings(), call).id.find_first_of("\r\n\xff"), std::string::npos);
}

TEST(SipCall, WhatWasDialledIsKept) {
  EXPECT_EQ(read_invite(settings(), invite("")).to, "+48120000000");
  auto call = invite("");
  call.request_uri = "sip:pomoc@192.0.2.7";
  EXPECT_EQ(read_invite(settings(), call).to, "pomoc");
}

TEST(SipCall, ARejectionSaysWhatItMeans) {
  core::CallDecision decision;
  decision.reason = core::CallReason::repairing;
  SipSettings s = settings();
  const SipCaller known{"+48601222333", "", ""}, withheld{};
  auto answer = sip_answer(s, invite(""), known, decision);
  EXPECT_EQ(answer.status, 603);
  EXPECT_EQ(answer.reason, "Decline");
  EXPECT_EQ(header(answer, "Reason"), "Q.850;cause=21;text=\"Naprawiamy awarie, oddzwonimy\"");
  // Who cannot be called back is not told that we would.
  EXPECT_EQ(header(sip_answer(s, invite(""), withheld, decision), "Reason").find("oddzwonimy"),
            std::string::npos);
  s.reject_with = 486;
  s.language = "en";
  answer = sip_answer(s, invite(""), known, decision);
  EXPECT_EQ(answer.status, 486);
  EXPECT_EQ(header(answer, "Reason"), "Q.850;cause=17;text=\"We are repairing and will call back\"");
  for (const auto reason : {core::CallReason::no_calls, core::CallReason::nobody}) {
    decision.reason = reason;
    EXPECT_NE(header(sip_answer(s, invite(""), known, decision), "Reason").find("call back"),
              std::string::npos);
    EXPECT_EQ(header(sip_answer(s, invite(""), withheld, decision), "Reason").find("call back"),
              std::string::npos);
  }
}

TEST(SipCall, ARedirectionLeadsToTheNumberAndNowhereElse) {
  const core::CallDecision decision{true, "+48600000001", core::CallReason::rings_there, ""};
  SipSettings s = settings();
  auto answer = sip_answer(s, invite(""), {}, decision);
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(header(answer, "Contact"), "<sip:+48600000001@192.0.2.1;user=phone>");
  s.redirect_host = "provider.example";
  answer = sip_answer(s, invite(""), {}, {true, "600 000-001>\r\nX: y", core::CallReason::rings_there, ""});
  EXPECT_EQ(header(answer, "Contact"), "<sip:600000001@provider.example;user=phone>");
  s.redirect_host = "bad>host";
  auto call = invite("");
  call.source = "2001:db8::1";
  EXPECT_EQ(header(sip_answer(s, call, {}, decision), "Contact"),
            "<sip:+48600000001@[2001:db8::1];user=phone>");
}

TEST(FloodGuard, ACallerAnAddressAndAllHaveTheirMeasure) {
  using V = FloodGuard::Verdict;
  FloodGuard guard({10, 5, 3});
  const Instant t{1'000'000};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(guard.admit("a", "+481", t), V::fine);
  EXPECT_EQ(guard.admit("a", "+481", t), V::caller);
  EXPECT_EQ(guard.admit("a", "+482", t), V::fine);
  EXPECT_EQ(guard.admit("a", "+483", t), V::fine);
  EXPECT_EQ(guard.admit("a", "+484", t), V::address);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(guard.admit("b", "+49" + std::to_string(i), t), V::fine);
  EXPECT_EQ(guard.admit("c", "+485", t), V::total);
  EXPECT_EQ(guard.counts().caller, 1);
  EXPECT_EQ(guard.counts().address, 1);
  EXPECT_EQ(guard.counts().total, 1);
  // It fills up with time, and a clock that was put back takes nothing away.
  EXPECT_EQ(guard.admit("a", "+481", t + 20s), V::fine);
  EXPECT_EQ(guard.admit("a", "+481", t + 20s), V::caller);
  EXPECT_EQ(guard.admit("a", "+489", t), V::fine);
}

TEST(FloodGuard, ManyCallersFillNoMemory) {
  FloodGuard guard({1'000'000, 1'000'000, 1});
  for (int i = 0; i < 100'000; ++i)
    EXPECT_EQ(guard.admit("a", "+48" + std::to_string(i), Instant{i}), FloodGuard::Verdict::fine);
  // All who withhold their number share one measure for each address.
  EXPECT_EQ(guard.admit("a", "", Instant{200'000}), FloodGuard::Verdict::fine);
  EXPECT_EQ(guard.admit("a", "", Instant{200'000}), FloodGuard::Verdict::caller);
  EXPECT_EQ(guard.admit("b", "", Instant{200'000}), FloodGuard::Verdict::fine);
}

}  // namespace hejnal::carriers::phone
