#include "sim/post.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.hpp"

namespace hejnal::sim {

using Outcome = ports::SendResult::Outcome;

bool Post::broken(Mutation mutation) {
  if (mutation_ != mutation) return false;
  mutation_ = Mutation::none;
  return true;
}

std::string Post::new_id() { return fmt::format("<{}.sim@client.example>", ++ids_); }

Laws::Accepted Post::accepted(const std::string& id, const Truth& truth, const desk::Filed& filed) const {
  Laws::Accepted in;
  in.id = id;
  in.at = world_->now();
  in.resend = truth.resend;
  in.automatic = truth.automatic;
  in.matter = truth.matter;
  in.number = filed.number;
  in.message = filed.message;
  in.duplicate = filed.duplicate;
  in.original = truth.original;
  in.ours = truth.ours;
  in.who = truth.who;
  in.party = truth.party;
  in.tells_number = truth.tells_number;
  in.names_matter = truth.tells_matter;
  in.cut = truth.cut;
  in.answers = truth.answers;
  return in;
}

void Post::mail(ClientLetter letter, Truth truth) {
  World& w = *world_;
  if (letter.message_id.empty()) letter.message_id = new_id();
  if (letter.to.empty()) letter.to = house_.address;
  letter.date = w.now();
  if (w.dice.chance(w.weather.in_lost)) return;
  if (truth.matter != 0 && w.dice.chance(w.weather.in_marked)) {
    letter.headers.emplace_back("X-Spam-Flag", "YES");
    truth.marked = true;
  }
  const auto on_the_way =
      std::make_shared<Letter>(Letter{write_letter(letter), letter.message_id, truth, {}});
  const int copies = w.dice.chance(w.weather.in_twice) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    Duration way = w.dice.between(Duration(300), Duration(4000));
    if (w.dice.chance(w.weather.in_late)) way = w.dice.between(Duration(1min), Duration(5h));
    w.after(way, [this, on_the_way] { bring_mail(on_the_way); });
  }
}

void Post::bring_mail(const std::shared_ptr<Letter>& letter) {
  World& w = *world_;
  const auto& [delivery, id, truth, read] = *letter;
  if (broken(Mutation::accepted_is_lost)) {
    Laws::Accepted gone;
    gone.id = id;
    gone.bytes = delivery.bytes;
    gone.mail = gone.automatic = true;
    w.laws.accepted(gone);
    return;
  }
  if (w.node.running() && !read) letter->read = carriers::read_delivery(delivery, w.node.intake());
  desk::Filed filed;
  const auto taken = w.ask([&](desk::Desk& desk) -> Status {
    HEJNAL_TRY(filed, desk.receive(*letter->read));
    return {};
  });
  if (taken && *taken) {
    Laws::Accepted in = accepted(id, truth, filed);
    in.bytes = delivery.bytes;
    in.mail = true;
    in.marked = truth.marked;
    w.laws.accepted(in);
    return;
  }
  w.laws.unheard_of(letter->truth.matter);
  if (taken && (*taken).error().fault != Fault::retry_later)
    w.laws.broken("accepted_is_kept", 0, "a mail was refused: " + (*taken).error().what);
  w.after(w.dice.between(Duration(1min), Duration(10min)), [this, letter] { bring_mail(letter); });
}

void Post::sms(const std::string& from, const std::string& text, Truth truth) {
  World& w = *world_;
  ports::IncomingSms sms{new_id(), from, text};
  if (w.dice.chance(w.weather.sms_lost)) return;
  truth.cut = w.dice.chance(w.weather.sms_cut);
  if (truth.cut) {
    const auto length = static_cast<std::int64_t>(text.size());
    sms.text = truncate_utf8(
        text, static_cast<std::size_t>(w.dice.between(std::min<std::int64_t>(5, length), length)));
  }
  const int copies = w.dice.chance(w.weather.sms_twice) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    Duration way = w.dice.between(Duration(1s), Duration(10s));
    if (w.dice.chance(w.weather.sms_late)) way = w.dice.between(Duration(1min), Duration(3h));
    w.after(way, [this, sms, truth] { bring_sms(sms, truth); });
  }
}

void Post::bring_sms(const ports::IncomingSms& sms, Truth truth) {
  World& w = *world_;
  desk::Filed filed;
  const auto taken = w.ask([&](desk::Desk& desk) -> Status {
    HEJNAL_TRY(filed, desk.receive(sms));
    return {};
  });
  if (taken && *taken) {
    Laws::Accepted in = accepted(sms.id, truth, filed);
    in.announces = truth.announces;
    in.names_matter = !truth.names.empty() && sms.text.find(truth.names) != std::string::npos;
    in.names_address = truth.names_address && sms.text.find('@') != std::string::npos;
    w.laws.accepted(in);
    return;
  }
  w.laws.unheard_of(truth.matter);
  if (taken && (*taken).error().fault != Fault::retry_later)
    w.laws.broken("accepted_is_kept", 0, "an SMS was refused: " + (*taken).error().what);
  w.after(w.dice.between(Duration(1min), Duration(5min)), [this, sms, truth] { bring_sms(sms, truth); });
}

// A result for the process that has asked, if it is still alive.
void Post::answer(std::function<void(ports::SendResult)> done, ports::SendResult result) {
  World& w = *world_;
  if (!w.dice.chance(w.weather.out_slow)) {
    done(std::move(result));
    return;
  }
  w.after(w.dice.between(Duration(500), Duration(90s)),
          [this, done = std::move(done), result = std::move(result), life = w.node.lives()] {
            if (world_->node.running() && world_->node.lives() == life) done(result);
          });
}

void Post::send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) {
  World& w = *world_;
  if (w.dies(w.weather.dies_around_sending)) throw Crash();
  if (w.dice.chance(w.weather.out_put_off)) {
    answer(std::move(done), {Outcome::try_later, 451, "not now"});
    return;
  }
  if (w.dice.chance(w.weather.out_refused)) {
    answer(std::move(done), {Outcome::refused, 550, "no such mailbox"});
    return;
  }
  w.laws.left(outgoing, w.node.lives());
  if (broken(Mutation::leaves_twice)) w.laws.left(outgoing, w.node.lives());
  const bool email = outgoing.notice.channel == core::Channel::email;
  const std::string id = outgoing.message_id;
  take_away(std::move(outgoing));
  if (broken(Mutation::never_answers)) return;
  if (w.dies(w.weather.dies_around_sending)) throw Crash();
  // Taken, but the answer got lost on the way: the desk sends it again.
  if (email && w.dice.chance(w.weather.out_put_off / 10)) {
    w.laws.put_off(id);
    answer(std::move(done), {Outcome::try_later, 0, "the connection was cut"});
    return;
  }
  answer(std::move(done), {Outcome::handed_over, 250, "taken"});
}

// Byte by byte as it left, to the desk's own address.
void Post::bring_back(const ports::Outgoing& outgoing) {
  World& w = *world_;
  const auto back = std::make_shared<Letter>();
  back->delivery.mail_from = outgoing.mail.envelope_from;
  back->delivery.rcpt_to = {house_.address};
  // Most letters have no bytes here (sampled.hpp); this one needs them.
  back->delivery.bytes =
      outgoing.mail.bytes.empty() ? w.node.composer().compose(outgoing.letter).bytes : outgoing.mail.bytes;
  back->delivery.via = "simulation";
  back->id = outgoing.message_id;
  back->truth.automatic = true;
  back->truth.ours = true;
  w.after(w.dice.between(Duration(1s), Duration(5min)), [this, back] { bring_mail(back); });
}

void Post::take_away(ports::Outgoing outgoing) {
  World& w = *world_;
  if (outgoing.notice.channel == core::Channel::email && w.dice.chance(w.weather.out_returns))
    bring_back(outgoing);
  if (w.dice.chance(w.weather.out_lost)) return;
  const bool email = outgoing.notice.channel == core::Channel::email;
  if (email && w.dice.chance(w.weather.out_bounced)) {
    const auto bounce = std::make_shared<Letter>();
    bounce->delivery = write_bounce(outgoing.mail, outgoing.message_id, house_.address, new_id(),
                                    w.dice.chance(100), w.now());
    bounce->id = fmt::format("bounce {}", ids_);
    bounce->truth.automatic = true;
    w.after(w.dice.between(Duration(2s), Duration(1h)), [this, bounce] { bring_mail(bounce); });
    return;
  }
  outgoing.letter = {};  // those who get it look at its words
  outgoing.mail = {};
  w.after(w.dice.between(Duration(1s), Duration(60s)), [this, outgoing = std::move(outgoing)] {
    if (arrived_) arrived_(outgoing);
  });
}

}  // namespace hejnal::sim
