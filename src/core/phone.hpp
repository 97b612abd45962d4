// A telephone call comes in: may it ring through, and what does a rejected one mean? And: which numbers take
// SMS, when is the desk awake. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "core/types.hpp"

namespace hejnal::core {

// `put_through`: it rings at the person on call; what came of it is told later, or never.
enum class CallResult { rejected, missed, answered, put_through };
enum class CallReason {
  repairing,    // no all-clear: the rejection means that we are repairing
  no_calls,     // the company takes no calls: it means that we call back
  nobody,       // calls are taken, but nobody who is on call has a telephone, or it is that one that calls
  rings_there,  // to the person on call
};

template <>
struct Names<CallResult> {
  static constexpr std::array<std::string_view, 4> list = {"rejected", "missed", "answered", "put_through"};
};
template <>
struct Names<CallReason> {
  static constexpr std::array<std::string_view, 4> list = {"repairing", "no_calls", "nobody", "rings_there"};
};

struct CallFacts {
  bool failure_open = false;
  bool takes_calls = false;                   // the company's choice
  std::vector<std::string> on_call_phones{};  // in the order in which they are told
  std::string from;                           // E.164; empty: withheld
};

struct CallDecision {
  bool redirect = false;
  std::string to;  // where it goes
  CallReason reason = CallReason::no_calls;
  std::string why;  // a sentence

  bool operator==(const CallDecision&) const = default;
};

CallDecision decide_call(const CallFacts& facts);
// Whoever is on call is a colleague, from the own telephone: nobody owes them a call.
bool is_colleague(const std::vector<std::string>& on_call_phones, std::string_view from);

// A number of the fixed network, as far as its country's plan tells (Poland); no SMS goes there.
bool is_landline(std::string_view e164);

// When the desk is awake: spans in order, as far ahead as anybody looks. Empty: always.
struct Waking {
  struct Span {
    Instant from, to;
  };
  std::vector<Span> spans{};

  bool awake(Instant t) const;
  // The moment when `d` of waking time has passed since `from`.
  Instant after(Instant from, Duration d) const;
};

}  // namespace hejnal::core
