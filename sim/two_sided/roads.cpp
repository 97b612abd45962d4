#include "sim/two_sided/roads.hpp"

#include <fmt/core.h>

#include <cstdlib>

#include "base/text.hpp"

namespace hejnal::sim::two_sided {

using core::Channel;
using Outcome = ports::SendResult::Outcome;

std::string Roads::fmt_id(std::int64_t n) { return fmt::format("<{}.road@people.example>", n); }

bool Roads::is_lost(Channel channel, const Truth& truth) {
  if (lost_)
    return lost_({channel, truth.matter, ++passed_[{channel, truth.matter, truth.report}], truth.report});
  return scene_.chance(channel == Channel::email ? scene_.weather.email_lost : scene_.weather.sms_lost);
}

void Roads::letter(ClientLetter letter, const Truth& truth) {
  if (letter.message_id.empty()) letter.message_id = new_id();
  letter.date = scene_.now;
  mail(write_letter(letter), letter.message_id, truth);
}

void Roads::mail(ports::Delivery delivery, const std::string& id, const Truth& truth) {
  const std::string to = to_lower_ascii(delivery.rcpt_to.front());
  if (truth.within) {
    bring(std::make_shared<Letter>(Letter{std::move(delivery), id, truth, {}}), to);
    return;
  }
  if (is_lost(Channel::email, truth)) return;
  const RoadWeather& w = scene_.weather;
  if (!delivery.mail_from.empty() && scene_.chance(w.email_bounced)) {
    const std::string from = delivery.mail_from, bounce_id = new_id();
    ports::OutgoingMail original{from, to, {}};
    auto bounce = write_bounce(original, id, from, bounce_id, scene_.chance(150), scene_.now);
    Truth machine;
    machine.matter = truth.matter;
    machine.machine = true;
    scene_.after(scene_.between(Duration(2s), Duration(1h)),
                 [this, bounce, bounce_id, machine, to = to_lower_ascii(from)] {
                   bring(std::make_shared<Letter>(Letter{bounce, bounce_id, machine, {}}), to);
                 });
    return;
  }
  const auto on_the_way = std::make_shared<Letter>(Letter{std::move(delivery), id, truth, {}});
  const int copies = scene_.chance(w.email_twice) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    Duration way = scene_.between(Duration(300), Duration(9000));
    if (scene_.chance(w.email_late)) way = scene_.between(Duration(1min), Duration(30h));
    scene_.after(way, [this, on_the_way, to] { bring(on_the_way, to); });
  }
}

void Roads::bring(const std::shared_ptr<Letter>& letter, const std::string& to) {
  const auto found = mailboxes_.find(to);
  if (found == mailboxes_.end() || found->second(letter)) return;
  scene_.after(scene_.between(Duration(1min), Duration(10min)), [this, letter, to] { bring(letter, to); });
}

void Roads::text(Text text, std::function<void(bool)> fate) {
  if (is_lost(Channel::sms, text.truth)) {
    if (fate) fate(false);
    return;
  }
  if (text.sms.id.empty()) text.sms.id = new_id();
  text.truth.mail = false;
  const int copies = scene_.chance(scene_.weather.sms_twice) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    Duration way = scene_.between(Duration(1s), Duration(15s));
    if (scene_.chance(scene_.weather.sms_late)) way = scene_.between(Duration(1min), Duration(5h));
    scene_.after(way, [this, text, fate, i] { bring(text, i == 0 ? fate : std::function<void(bool)>()); });
  }
}

void Roads::bring(const Text& text, const std::function<void(bool)>& fate) {
  const auto found = telephones_.find(text.to);
  if (found == telephones_.end()) return;
  if (found->second(text)) {
    if (fate) fate(true);
    return;
  }
  scene_.after(scene_.between(Duration(1min), Duration(5min)), [this, text, fate] { bring(text, fate); });
}

core::ReportName report_of(const std::string& message_id) {
  if (message_id.starts_with("<")) return core::report_named(message_id);
  const auto pieces = split(message_id, '.');
  if (pieces.size() != 4 || pieces[0] != "report") return {};
  return {std::atoll(std::string(pieces[1]).c_str()), std::atoi(std::string(pieces[2]).c_str())};
}

bool is_of_a_report(const ports::Outgoing& outgoing) { return report_of(outgoing.message_id).id != 0; }

void Gate::answer(std::function<void(ports::SendResult)> done, ports::SendResult result) {
  if (!scene_.chance(scene_.weather.slow)) {
    done(std::move(result));
    return;
  }
  scene_.after(scene_.between(Duration(500), Duration(90s)),
               [this, done = std::move(done), result = std::move(result), life = side_->life()] {
                 if (!side_->running() || side_->life() != life) return;
                 done(result);
                 side_->settle();
               });
}

// Which gateway gets it is written down first; what nobody needs any more does not leave.
bool Gate::give(const ports::Outgoing& outgoing) {
  const auto noted = side_->job([&](desk::Desk& desk) {
    return side_->reporter().given_to(outgoing.message_id, kGateway, desk.now());
  });
  return noted && *noted;
}

void Gate::tell(const ports::Outgoing& asked, std::function<void(ports::SendResult)> done) {
  ports::SendResult result;
  result.outcome = Outcome::handed_over;
  result.gateway = kGateway;
  const Fate fate = texts_[asked.message_id];
  result.arrived = fate.arrived;
  result.lost = fate.lost;
  answer(std::move(done), std::move(result));
}

void Gate::send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) {
  const RoadWeather& w = scene_.weather;
  if (scene_.dies(w.dies_around_sending)) throw Crash();
  if (outgoing.ask) {
    tell(outgoing, std::move(done));
    return;
  }
  const bool email = outgoing.notice.channel == Channel::email, report = is_of_a_report(outgoing);
  if (!email && report && !give(outgoing)) {
    answer(std::move(done), {Outcome::try_later, 0, "it is not needed any more, or cannot be noted"});
    return;
  }
  ports::SendResult result;
  result.code = email ? 250 : 0;
  if (!email) {
    result.gateway = kGateway;
    result.gateway_id = outgoing.message_id;
    result.can_be_asked = can_be_asked_;
  }
  const auto fails = [&](Went went, Outcome outcome, int code, const char* words) {
    attempted_(outgoing, went);
    result.outcome = outcome;
    result.code = email ? code : 0;
    result.text = words;
    answer(std::move(done), std::move(result));
  };
  if (scene_.chance(email ? w.email_put_off : w.sms_put_off))
    return fails(Went::put_off, Outcome::try_later, 451, "4.3.0 not now");
  // In its own house everybody has a mailbox.
  if (scene_.chance(email ? w.email_refused : w.sms_refused) && !truth_(outgoing).within)
    return fails(Went::refused, Outcome::refused, 550, "5.1.1 no such recipient");
  if (withheld && withheld(outgoing)) {
    result.outcome = Outcome::handed_over;
    answer(std::move(done), std::move(result));
    return;
  }
  if (garble && report) (email ? outgoing.mail.bytes : outgoing.words.text) += "x";
  const bool known = !email && recognises_ && texts_.contains(outgoing.message_id);
  attempted_(outgoing, known ? Went::repeated : Went::taken);
  if (!email && report && std::exchange(twice, false)) attempted_(outgoing, Went::taken);
  if (!known) take_away(outgoing);
  if (email && report && std::exchange(swallow_answer, false)) return;
  if (scene_.dies(w.dies_around_sending)) throw Crash();
  if (email && scene_.chance(w.email_answer_lost)) {
    answer(std::move(done), {Outcome::try_later, 0, "the connection was cut"});
    return;
  }
  if (!email && scene_.chance(w.sms_uncertain)) {
    result.outcome = recognises_ ? Outcome::try_later : Outcome::uncertain;
    result.text = "the connection was cut";
    answer(std::move(done), std::move(result));
    return;
  }
  result.outcome = Outcome::handed_over;
  result.text = fmt::format("{} taken as {}", email ? "2.0.0" : "ok", outgoing.message_id);
  answer(std::move(done), std::move(result));
}

void Gate::take_away(const ports::Outgoing& outgoing) {
  const Truth truth = truth_(outgoing);
  if (outgoing.notice.channel == Channel::email) {
    ports::Delivery delivery;
    delivery.mail_from = outgoing.mail.envelope_from;
    delivery.rcpt_to = {outgoing.mail.envelope_to};
    delivery.bytes = outgoing.mail.bytes;
    delivery.via = "simulation";
    roads_.mail(std::move(delivery), outgoing.message_id, truth);
    return;
  }
  const std::string key = outgoing.message_id;
  texts_[key];
  Text text;
  text.sms.id = key;
  text.sms.from = number_;
  text.sms.text = outgoing.words.text;
  text.to = outgoing.notice.to;
  text.truth = truth;
  const bool report = is_of_a_report(outgoing);
  roads_.text(std::move(text), [this, key, report](bool arrived) {
    texts_[key] = {arrived, !arrived};
    if (!report || !scene_.chance(scene_.weather.sms_told) || (!arrived && scene_.chance(500))) return;
    ports::SmsReport told{key, arrived ? core::NoticeState::delivered : core::NoticeState::failed,
                          "reported"};
    scene_.after(scene_.between(Duration(1s), Duration(arrived ? 60s : 1h)), [this, told] {
      static_cast<void>(side_->ask([this, told](desk::Desk& desk) -> Status {
        HEJNAL_TRY_VOID(side_->reporter().heard_of_sms(told, desk.now()));
        return {};
      }));
    });
  });
}

}  // namespace hejnal::sim::two_sided
