// The law of the email that never came, against a desk that breaks it.
#include <gtest/gtest.h>

#include "sim/laws.hpp"

namespace hejnal::sim {

namespace {

constexpr Instant kStart{1'795'424'400'000};
constexpr MatterId kMatter = 5;

class Desk {
 public:
  Laws laws{desk::BudgetLimits{}, 2min};

  void happens(Instant at, std::vector<core::Body> bodies) {
    WrittenTurn turn;
    for (core::Body& body : bodies) {
      turn.entries.push_back({at, "desk", {}, std::move(body)});
      core::apply(c_, turn.entries.back());
    }
    turn.at = at;
    turn.after.number = c_.number;
    turn.after.state = c_.state;
    turn.after.alarm = core::alarm(c_);
    turn.after.notices = c_.notices;
    turn.after.step = c_.step;
    turn.after.entries = c_.entries;
    turn.after.class_name = c_.class_name;
    laws.committed(turn);
  }
  void opens(bool missing, bool rings = true) {
    core::Opened opened;
    opened.number = 1;
    opened.channel = missing ? core::Channel::sms : core::Channel::email;
    opened.email_missing = missing;
    core::Received received;
    received.message = 11;
    received.channel = opened.channel;
    const core::Promise react = core::Promise::react;
    happens(kStart, {opened, received, core::Owed{react, kStart, kStart + 15min, kStart}});
    if (rings) happens(kStart, {core::Rang{react, 1, 0, kStart + 5min}});
  }
  void announced(core::MessageId message = 11) {
    Laws::Accepted sms;
    sms.id = "sms";
    sms.announces = true;
    sms.matter = kMatter;
    sms.number = 1;
    sms.message = message;
    laws.accepted(sms);
  }
  // On the page, by who has announced the email.
  void typed() {
    core::Received received;
    received.message = 13;
    received.channel = core::Channel::web;
    laws.types(kMatter);
    happens(kStart + 1min, {received, core::EmailFound{60'000, {}, {}, core::Channel::web}});
    laws.types(0);
  }
  void told() { happens(kStart + 2min, {core::Withheld{core::NoticeKind::missing_email}}); }
  std::string broken() const {
    return laws.violations().empty() ? ""
                                     : laws.violations().front().law + ": " + laws.violations().front().what;
  }

 private:
  core::Case c_;
};

}  // namespace

TEST(AnnouncedLoss, IsFineWhereTheDeskKnowsAndHasToldTheSender) {
  Desk d;
  d.opens(true);
  d.announced();
  d.told();
  d.laws.at_rest(kStart + 3min);
  EXPECT_EQ(d.broken(), "");
}

TEST(AnnouncedLoss, HiddenInACaseThatHasItsEmail) {
  Desk d;
  d.opens(false);
  Laws::Accepted mail;
  mail.id = "mail";
  mail.mail = true;
  mail.number = 1;
  mail.message = 11;
  d.laws.accepted(mail);
  d.announced(12);
  d.laws.at_rest(kStart + 3min - 1ms);
  EXPECT_EQ(d.broken(), "");
  d.laws.at_rest(kStart + 3min);
  EXPECT_EQ(d.broken(), "announced_loss_is_known: the email of message 12 is not here, and nobody knows");
}

TEST(AnnouncedLoss, NobodyOnCallOrNotItsSenderWasTold) {
  Desk nobody;
  nobody.opens(true, false);
  nobody.announced();
  nobody.laws.at_rest(kStart + 4min);
  EXPECT_EQ(nobody.broken(), "announced_loss_is_known: nobody on call was told");
  Desk sender;
  sender.opens(true);
  sender.announced();
  sender.laws.at_rest(kStart + 4min);
  EXPECT_EQ(sender.broken(), "announced_loss_is_known: its sender was not told");
}

TEST(AnnouncedLoss, IsNoneWhereTheEmailHasComeOrItsTextWasTyped) {
  Desk mailed;
  mailed.opens(true);
  mailed.announced();
  Laws::Accepted mail;
  mail.id = "mail";
  mail.mail = true;
  mail.matter = kMatter;
  mail.number = 1;
  mail.message = 12;
  mailed.laws.accepted(mail);
  mailed.laws.at_rest(kStart + 4min);
  EXPECT_EQ(mailed.broken(), "");
  Desk typed;
  typed.opens(true);
  typed.announced();
  typed.typed();
  typed.laws.at_rest(kStart + 4min);
  EXPECT_EQ(typed.broken(), "");
}

TEST(AnnouncedLoss, IsNoneInAnotherCaseWhereItsTextWasTypedBefore) {
  Desk d;
  d.opens(false);
  d.typed();
  d.announced(14);
  d.laws.at_rest(kStart + 6min);
  EXPECT_EQ(d.broken(), "");
}

}  // namespace hejnal::sim
