#include "wire/lmtp/session.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/check.hpp"
#include "base/text.hpp"

namespace hejnal::wire {

namespace {

// What may stand in a reply line: printable ASCII, of a length that every client takes (RFC 5321, 4.5.3.1.5).
std::string reply_text(std::string_view text) {
  std::string line;
  for (const char c : text.substr(0, 400)) line.push_back(c >= 0x20 && c < 0x7F ? c : '?');
  return line;
}

bool looks_like_http(std::string_view verb) {
  return verb == "GET" || verb == "POST" || verb == "PUT" || verb == "HEAD" || verb == "OPTIONS" ||
         verb == "CONNECT";
}

}  // namespace

std::string lmtp_reply(const Status& status) {
  if (status) return "250 2.6.0 kept";
  const char* code = "451 4.3.0";
  switch (status.error().fault) {
    case Fault::retry_later:
    case Fault::conflict:
    case Fault::corrupt:  // ours, not the sender's: it must keep the message
      break;
    case Fault::refused:
      code = "550 5.7.1";
      break;
    case Fault::not_found:
      code = "550 5.1.1";
      break;
    case Fault::malformed:
      code = "554 5.6.0";
      break;
  }
  return fmt::format("{} {}", code, reply_text(status.error().what));
}

LmtpSession::LmtpSession(LmtpLimits limits, std::string host_name, Instant now)
    : limits_(limits), host_name_(std::move(host_name)), now_(now), command_since_(now), data_since_(now) {
  reply(fmt::format("220 {} LMTP hejnal", host_name_));
}

std::string LmtpSession::take_output() { return std::exchange(output_, {}); }

LmtpMessage LmtpSession::take_message() {
  HEJNAL_CHECK(state_ == State::verdict);
  return std::exchange(message_, {});
}

void LmtpSession::feed(std::string_view bytes, Instant now) {
  now_ = now;
  if (state_ == State::verdict) {
    behind_.append(bytes);
  } else {
    process(bytes);
  }
}

void LmtpSession::verdict(const Status& status, Instant now) {
  HEJNAL_CHECK(state_ == State::verdict);
  now_ = now;
  state_ = State::commands;
  answer_each(lmtp_reply(status));
  if (closing_) finish("421 4.3.2 shutting down");
  process(std::exchange(behind_, {}));
}

void LmtpSession::shutting_down() {
  closing_ = true;
  if (state_ == State::commands) finish("421 4.3.2 shutting down");
}

Instant LmtpSession::deadline() const {
  if (state_ == State::commands) return command_since_ + limits_.command_timeout;
  if (state_ == State::data) return std::min(now_ + limits_.data_timeout, data_since_ + limits_.data_total);
  return Instant{std::numeric_limits<std::int64_t>::max()};
}

void LmtpSession::timed_out() {
  if (state_ == State::commands || state_ == State::data) finish("421 4.4.2 nothing more came in time");
}

void LmtpSession::process(std::string_view bytes) {
  while (!bytes.empty() && state_ != State::finished) {
    if (state_ == State::verdict) {
      behind_.assign(bytes);
      return;
    }
    if (state_ == State::data) {
      bytes.remove_prefix(data_.feed(bytes));
      if (data_.complete()) end_of_data();
    } else {
      bytes.remove_prefix(take_line(bytes));
    }
  }
}

// Takes bytes up to the end of the line. An overlong line is forgotten up to its CRLF.
std::size_t LmtpSession::take_line(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  const std::size_t used = end == std::string_view::npos ? bytes.size() : end + 1;
  if (line_too_long_ || line_.size() + used > limits_.line_bytes) {
    const bool cr_before = used >= 2 ? bytes[used - 2] == '\r' : line_.ends_with('\r');
    line_too_long_ = true;
    line_.assign(1, bytes[used - 1]);  // only to see CR and LF together when they are cut apart
    if (end != std::string_view::npos && cr_before) {
      line_.clear();
      line_too_long_ = false;
      command_since_ = now_;
      mistake("500 5.5.2 the line is too long");
    }
    return used;
  }
  if (end == std::string_view::npos) {
    line_.append(bytes);
    return used;
  }
  command_since_ = now_;
  std::string joined;
  std::string_view line = bytes.substr(0, end);
  if (!line_.empty()) {
    joined = std::exchange(line_, {});
    joined.append(line);
    line = joined;
  }
  if (line.ends_with('\r')) {
    command(line.substr(0, line.size() - 1));
  } else {
    mistake("500 5.5.2 end each line with CR LF");
  }
  return used;
}

void LmtpSession::command(std::string_view line) {
  const LmtpCommand command = split_command(line);
  const std::string& verb = command.verb;
  if (verb == "LHLO") return lhlo(command.argument);
  if (verb == "MAIL") return mail(command.argument);
  if (verb == "RCPT") return rcpt(command.argument);
  if (verb == "DATA") return data();
  if (verb == "RSET") {
    reset();
    return reply("250 2.0.0 forgotten");
  }
  if (verb == "NOOP") return reply("250 2.0.0 here");
  if (verb == "VRFY") return reply("252 2.5.0 send it and see");
  if (verb == "QUIT") return finish("221 2.0.0 bye");
  if (verb == "HELO" || verb == "EHLO")
    return mistake("500 5.5.1 this is LMTP (RFC 2033), not SMTP: say LHLO");
  if (looks_like_http(verb)) return finish("421 4.7.0 this is LMTP, not HTTP");
  mistake("500 5.5.1 unknown command");
}

void LmtpSession::lhlo(std::string_view argument) {
  if (argument.empty()) return mistake("501 5.5.4 LHLO needs your name");
  reset();
  greeted_ = true;
  output_ += fmt::format(
      "250-{}\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE "
      "{}\r\n",
      host_name_, limits_.message_bytes);
}

// The reply when MAIL carries a parameter that we can't honour; empty when all are fine.
std::string_view LmtpSession::refuse_parameters(const LmtpPath& path) const {
  for (const auto& [key, value] : path.parameters) {
    if (key == "SIZE") {
      std::uint64_t size = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), size);
      if (error == std::errc::result_out_of_range) return "552 5.3.4 the message is too big";
      if (error != std::errc() || end != value.data() + value.size()) return "501 5.5.4 SIZE needs a number";
      if (size > limits_.message_bytes) return "552 5.3.4 the message is too big";
    } else if (key == "BODY") {
      if (!iequals(value, "7BIT") && !iequals(value, "8BITMIME")) return "501 5.5.4 BODY is 7BIT or 8BITMIME";
    } else if (key != "SMTPUTF8" || !value.empty()) {
      return "555 5.5.4 unknown parameter";
    }
  }
  return {};
}

void LmtpSession::mail(std::string_view argument) {
  if (!greeted_) return mistake("503 5.5.1 say LHLO first");
  if (in_transaction_) return mistake("503 5.5.1 one MAIL at a time: say RSET first");
  std::optional<LmtpPath> path = parse_path(argument, "FROM:");
  if (!path) return mistake("501 5.1.7 expected MAIL FROM:<address>");
  if (const std::string_view refusal = refuse_parameters(*path); !refusal.empty()) return reply(refusal);
  message_.mail_from = std::move(path->address);
  in_transaction_ = true;
  reply("250 2.1.0 go on");
}

void LmtpSession::rcpt(std::string_view argument) {
  if (!in_transaction_) return reply("503 5.5.1 say MAIL first");  // may be pipelined behind a refused MAIL
  std::optional<LmtpPath> path = parse_path(argument, "TO:");
  if (!path || path->address.empty()) return mistake("501 5.1.3 expected RCPT TO:<address>");
  if (!path->parameters.empty()) return mistake("555 5.5.4 unknown parameter");
  if (message_.rcpt_to.size() >= limits_.recipients) return reply("452 4.5.3 too many recipients");
  message_.rcpt_to.push_back(std::move(path->address));
  reply("250 2.1.5 go on");
}

void LmtpSession::data() {
  if (!in_transaction_) return reply("503 5.5.1 say MAIL first");
  if (message_.rcpt_to.empty()) return reply("503 5.5.1 no valid recipients");
  state_ = State::data;
  data_since_ = now_;
  data_.begin(limits_.message_bytes);
  reply("354 end with a dot on a line of its own");
}

void LmtpSession::end_of_data() {
  answers_due_ = message_.rcpt_to.size();
  state_ = State::commands;
  command_since_ = now_;
  std::string_view refusal;
  message_.bytes = data_.take();
  if (data_.too_big()) {
    refusal = "552 5.3.4 the message is too big";
  } else if (count_received(message_.bytes) > limits_.received_lines) {
    refusal = "554 5.4.6 the message goes round in a loop";
  }
  if (refusal.empty()) {
    state_ = State::verdict;
    return;
  }
  answer_each(refusal);
  if (closing_) finish("421 4.3.2 shutting down");
}

// RFC 2033, 4.2: one reply for each accepted RCPT, in order, also where an address was given twice.
void LmtpSession::answer_each(std::string_view reply_line) {
  for (std::size_t i = 0; i < answers_due_; ++i) reply(reply_line);
  command_since_ = now_;
  reset();
}

void LmtpSession::reply(std::string_view line) {
  output_.append(line);
  output_.append("\r\n");
}

void LmtpSession::mistake(std::string_view line) {
  if (++errors_ > limits_.errors) return finish("421 4.7.0 too many mistakes");
  reply(line);
}

void LmtpSession::reset() {
  message_ = {};
  in_transaction_ = false;
  answers_due_ = 0;
}

void LmtpSession::finish(std::string_view line) {
  reply(line);
  state_ = State::finished;
  reset();
  line_ = std::string();
  behind_ = std::string();
}

}  // namespace hejnal::wire
