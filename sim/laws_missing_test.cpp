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
  // Into a case whose own email is here.
  void merged_into(core::CaseNumber other) {
    core::Opened opened;
    opened.number = other;
    const core::Case own = std::exchange(c_, {});
    happens(kStart + 2min,
            {opened, core::Owed{core::Promise::react, kStart, kStart + 15min, kStart + 15min}});
    c_ = own;
    core::Acted merge;
    merge.action = core::Action::merge;
    merge.other = other;
    happens(kStart + 2min, {merge, core::Released{core::Promise::react}, core::Became{core::State::closed}});
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
  typed.happens(kStart + 1min, {core::EmailFound{60'000, {}, {}, core::Channel::web}});
  typed.laws.at_rest(kStart + 4min);
  EXPECT_EQ(typed.broken(), "");
}

TEST(AnnouncedLoss, IsNoneWhereItsTextWasTypedAndTheCaseMergedSince) {
  Desk d;
  d.opens(true);
  d.announced();
  d.happens(kStart + 1min, {core::EmailFound{60'000, {}, {}, core::Channel::web}});
  d.merged_into(2);
  d.laws.at_rest(kStart + 4min);
  EXPECT_EQ(d.broken(), "");
}

}  // namespace hejnal::sim
