// One LMTP conversation, server side (RFC 2033), without a socket or a clock: bytes and times go in, bytes to
// send and whole messages come out. The server, the simulation, the fuzzer and the byte-at-a-time tests drive
// this object.
//
//   feed(bytes, now); send take_output(); when wants_verdict(): take_message(), ask, verdict(status, now);
//   send take_output(); when finished(): close. When `deadline()` has come: timed_out().
//
// Every byte comes from a stranger. Memory is bounded by the limits: a command line by line_bytes, a message
// by message_bytes. While a verdict is awaited nothing is answered; what was pipelined behind the message is
// kept, so the caller must stop reading until the verdict is given. A message is handed out once, whole, and
// every accepted RCPT then gets the same answer, in order. Not thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "wire/lmtp/command.hpp"
#include "wire/lmtp/data.hpp"

namespace hejnal::wire {

struct LmtpLimits {
  std::size_t message_bytes = 25u << 20;
  std::size_t recipients = 100;
  std::size_t received_lines = 100;
  std::size_t line_bytes = 4096;  // with CRLF; RFC 5321 4.5.3.1.4 asks for 512
  std::size_t errors = 20;
  Duration command_timeout = 5min;  // for a whole command, from the end of the one before
  Duration data_timeout = 10min;    // since the last byte of data
  Duration data_total = 60min;      // for all data of one message
};

struct LmtpMessage {
  std::string mail_from;             // without <>; empty is the null reverse-path
  std::vector<std::string> rcpt_to;  // in order, repeats kept
  std::string bytes;                 // dot-unstuffed, otherwise as it came
};

class LmtpSession {
 public:
  LmtpSession(LmtpLimits limits, std::string host_name, Instant now);  // the greeting is in take_output()

  void feed(std::string_view bytes, Instant now);
  std::string take_output();

  bool wants_verdict() const { return state_ == State::verdict; }
  LmtpMessage take_message();  // once for each verdict wanted
  void verdict(const Status& status, Instant now);

  // Says 421 at once, or behind the answers to a message whose data has begun.
  void shutting_down();
  Instant deadline() const;  // the far end of time while a verdict is awaited or all is finished
  void timed_out();
  bool finished() const { return state_ == State::finished; }
  bool in_message() const { return state_ == State::data || state_ == State::verdict; }

 private:
  enum class State { commands, data, verdict, finished };

  void process(std::string_view bytes);
  std::size_t take_line(std::string_view bytes);
  void command(std::string_view line);
  void lhlo(std::string_view argument);
  void mail(std::string_view argument);
  void rcpt(std::string_view argument);
  void data();
  void end_of_data();
  std::string_view refuse_parameters(const LmtpPath& path) const;
  void answer_each(std::string_view reply_line);
  void reply(std::string_view line);
  void mistake(std::string_view line);
  void reset();
  void finish(std::string_view line);

  const LmtpLimits limits_;
  const std::string host_name_;
  State state_ = State::commands;
  bool greeted_ = false;
  bool in_transaction_ = false;
  bool closing_ = false;
  bool line_too_long_ = false;
  std::size_t errors_ = 0;
  LmtpMessage message_;
  std::size_t answers_due_ = 0;
  LmtpData data_;
  std::string line_;    // the unfinished command line
  std::string behind_;  // what came behind a message that awaits its verdict
  std::string output_;
  Instant now_;
  Instant command_since_;
  Instant data_since_;
};

// The answer to every recipient of a message, "451 4.3.0 the store is busy": LMTP's only place where a Fault
// becomes a code.
std::string lmtp_reply(const Status& status);

}  // namespace hejnal::wire
