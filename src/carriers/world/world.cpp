#include "carriers/world/world.hpp"

#include <fmt/core.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"
#include "json/value.hpp"
#include "wire/mail/compose.hpp"
#include "wire/mail/mail.hpp"
#include "wire/sms/text.hpp"

namespace hejnal::carriers {

namespace {

std::string text_of(const json::Object& object, std::string_view name) {
  const json::Value* found = object.if_contains(name);
  return found && found->is_string() ? std::string(found->as_string()) : std::string();
}

std::int64_t number_of(const json::Object& object, std::string_view name) {
  const json::Value* found = object.if_contains(name);
  return found && found->is_int64() ? found->as_int64() : 0;
}

std::vector<std::pair<std::string, std::string>> headers_of(const std::string& bytes) {
  std::vector<std::pair<std::string, std::string>> out;
  const wire::Mail mail = wire::parse_mail(bytes);
  for (const wire::Header& h : mail.headers) out.emplace_back(h.name, h.value);
  return out;
}

class World final : public SandboxWorld {
 public:
  World(WorldSettings settings, ports::Clock& clock) : settings_(std::move(settings)), clock_(clock) {
    if (settings_.file.empty()) return;
    std::ifstream before(settings_.file);
    before.seekg(-1, std::ios::end);
    const bool cut = before && before.get() != '\n';  // by the end of a run that was killed
    out_.open(settings_.file, std::ios::app);
    if (cut) append("\n");
  }

  void send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) override {
    if (outgoing.notice.channel == core::Channel::email) {
      keep({{"channel", "email"},
            {"from", settings_.desk_address},
            {"to", outgoing.mail.envelope_to},
            {"subject", outgoing.words.subject},
            {"text", outgoing.words.text},
            {"mail", outgoing.mail.bytes},
            {"at", clock_.now().ms},
            {"case", outgoing.notice.number}});
    } else {
      keep({{"channel", "sms"},
            {"from", settings_.sms_number},
            {"to", outgoing.notice.to},
            {"text", outgoing.words.text},
            {"segments", wire::sms_size(outgoing.words.text).segments},
            {"at", clock_.now().ms},
            {"case", outgoing.notice.number}});
    }
    done({ports::SendResult::Outcome::handed_over, 250, "the sandbox has taken it"});
  }

  std::vector<ports::WorldEmail> emails() override {
    const std::lock_guard lock(mutex_);
    read_on();
    return emails_;
  }
  std::vector<ports::WorldSms> sms() override {
    const std::lock_guard lock(mutex_);
    read_on();
    return sms_;
  }
  std::vector<ports::WorldCall> calls() override {
    const std::lock_guard lock(mutex_);
    read_on();
    return calls_;
  }
  void add_call(ports::WorldCall call) override {
    keep({{"channel", "call"},
          {"from", call.from},
          {"result", call.result},
          {"at", call.at.ms},
          {"case", call.number}});
  }
  void lose(core::Channel channel, int count) override {
    const std::lock_guard lock(mutex_);
    to_lose_[channel] = count;
  }
  bool is_lost(core::Channel channel) override {
    const std::lock_guard lock(mutex_);
    int& left = to_lose_[channel];
    if (left <= 0) return false;
    --left;
    return true;
  }

  std::pair<ports::Delivery, std::string> write(const ports::ClientEmail& email, Instant now) override {
    wire::MailDraft draft;
    draft.from.addr = email.from;
    draft.to.addr = email.to.empty() ? settings_.desk_address : email.to;
    draft.subject = email.subject;
    draft.text = email.text;
    draft.date = format_mail_date(now, "Europe/Warsaw");
    char random[12];
    fill_random(random, sizeof random);
    draft.message_id =
        fmt::format("<{}@{}>", to_hex({random, sizeof random}), email.from.substr(email.from.rfind('@') + 1));
    std::string extra;
    for (const auto& [name, value] : email.headers) {
      if (iequals(name, "Message-ID")) {
        draft.message_id = value;
      } else if (iequals(name, "Date")) {
        draft.date = value;
      } else if (iequals(name, "In-Reply-To")) {
        draft.in_reply_to = value;
      } else {
        draft.headers.emplace_back(name, value);
      }
    }
    ports::Delivery delivery;
    delivery.mail_from = email.from;
    delivery.rcpt_to = {draft.to.addr};
    delivery.bytes = wire::compose_mail(draft);
    delivery.via = "sandbox";
    return {std::move(delivery), draft.message_id};
  }

  std::pair<ports::Delivery, std::string> envelope(std::string raw) override {
    const wire::Mail mail = wire::parse_mail(raw);
    ports::Delivery delivery;
    delivery.mail_from = mail.has_return_path ? mail.return_path
                         : mail.from.empty()  ? std::string()
                                              : mail.from.front().addr;
    for (const wire::Address& to : mail.to) delivery.rcpt_to.push_back(to.addr);
    if (delivery.rcpt_to.empty()) delivery.rcpt_to = {settings_.desk_address};
    delivery.bytes = std::move(raw);
    delivery.via = "sandbox";
    return {std::move(delivery), mail.message_id};
  }

 private:
  void keep(json::Object object) {
    const std::lock_guard lock(mutex_);
    unwritten_.push_back(json::dump(std::move(object)));
    write_on();
  }

  // A line that the disk has no room for waits here until it has.
  void write_on() {
    for (; !unwritten_.empty(); unwritten_.pop_front()) {
      if (settings_.file.empty()) {
        take(unwritten_.front());
      } else if (!append(unwritten_.front() + '\n')) {
        return;
      }
    }
  }

  bool append(const std::string& bytes) {
    std::error_code error;
    const auto before = std::filesystem::file_size(settings_.file, error);
    out_ << bytes << std::flush;
    if (out_) return true;
    out_.close();
    out_.clear();
    std::filesystem::resize_file(settings_.file, before, error);  // no half lines
    out_.open(settings_.file, std::ios::app);
    return false;
  }

  // Nothing is kept in memory until somebody looks.
  void read_on() {
    write_on();
    if (settings_.file.empty()) return;
    std::ifstream in(settings_.file);
    in.seekg(read_upto_);
    for (std::string line; std::getline(in, line) && !in.eof();) {
      take(line);
      read_upto_ = in.tellg();
    }
  }

  void take(const std::string& line) {
    const auto parsed = json::parse(line);
    if (!parsed || !parsed->is_object()) return;
    const json::Object& o = parsed->as_object();
    const Instant at{number_of(o, "at")};
    const std::string channel = text_of(o, "channel");
    if (channel == "email") {
      emails_.push_back({text_of(o, "from"), text_of(o, "to"), text_of(o, "subject"), text_of(o, "text"),
                         headers_of(text_of(o, "mail")), at, number_of(o, "case")});
    } else if (channel == "sms") {
      sms_.push_back({text_of(o, "from"), text_of(o, "to"), text_of(o, "text"),
                      static_cast<int>(number_of(o, "segments")), at, number_of(o, "case")});
    } else if (channel == "call") {
      calls_.push_back({text_of(o, "from"), text_of(o, "result"), at, number_of(o, "case")});
    }
  }

  WorldSettings settings_;
  ports::Clock& clock_;
  std::mutex mutex_;
  std::vector<ports::WorldEmail> emails_;
  std::vector<ports::WorldSms> sms_;
  std::vector<ports::WorldCall> calls_;
  std::map<core::Channel, int> to_lose_;
  std::ofstream out_;
  std::deque<std::string> unwritten_;
  std::ifstream::pos_type read_upto_ = 0;
};

}  // namespace

std::unique_ptr<SandboxWorld> make_world(WorldSettings settings, ports::Clock& clock) {
  return std::make_unique<World>(std::move(settings), clock);
}

}  // namespace hejnal::carriers
