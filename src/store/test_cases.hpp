// For tests of stores: cases and mails that look like real ones.
#pragma once

#include <string>
#include <vector>

#include "base/check.hpp"
#include "core/case_names.hpp"
#include "ports/store.hpp"

namespace hejnal::store {

inline constexpr Instant kStart{1'795'424'400'000};

// A new case as an email from `email` opens it; its reaction is due at `due`.
inline core::Case opened(core::CaseNumber number, std::vector<core::Entry>& entries, Instant at = kStart,
                         Instant due = kStart + 2h, const std::string& email = "anna@klient.example") {
  using namespace core;
  const std::string code = "C" + std::to_string(number);
  entries = {
      {at, "client", "",
       Opened{number,
              "v1",
              Channel::email,
              {"Anna", email, "+48601222333", "Klient"},
              "Drukarka",
              code,
              token_of(number, std::string(kTokenSecret, 'x')),
              at,
              false,
              {}}},
      {at, "client", "", Received{number, Channel::email, Relation::opens, false, email, email, {}}},
      {at, "client", "email alone", Classified{"routine", false, false}},
      {at, "client", "to be read", Owed{Promise::react, at, due, due}},
      {at, "client", "promised", Owed{Promise::answer, at, at + 24h, at + 24h}},
  };
  return replay(entries);
}

inline core::Case add_case(ports::Store& store, core::CaseNumber number, Instant at = kStart,
                           Instant due = kStart + 2h, const std::string& email = "anna@klient.example") {
  std::vector<core::Entry> entries;
  core::Case c = opened(number, entries, at, due, email);
  HEJNAL_CHECK(store.write_turn(c, at, entries));
  return c;
}

inline void change(ports::Store& store, core::Case& c, Instant at, std::vector<core::Body> bodies) {
  std::vector<core::Entry> entries;
  for (core::Body& body : bodies) {
    entries.push_back({at, "Ola", "so", std::move(body)});
    core::apply(c, entries.back());
  }
  HEJNAL_CHECK(store.write_turn(c, at, entries));
}

inline void close(ports::Store& store, core::Case& c, Instant at) {
  using namespace core;
  change(store, c, at,
         {Acted{Action::close, {}, 0}, Released{Promise::react}, Released{Promise::answer},
          Became{State::closed}});
}

inline ports::Message mail(core::CaseNumber number, std::string subject, std::string text) {
  ports::Message m;
  m.number = number;
  m.from = "anna@klient.example";
  m.to = "pomoc@wsparcie.example";
  m.subject = subject;
  m.base_subject = std::move(subject);
  m.text = std::move(text);
  m.at = kStart;
  m.state = "opened";
  return m;
}

// Everything inside one transaction.
template <class Work>
void in_transaction(ports::Store& store, const Work& work) {
  HEJNAL_CHECK(store.begin());
  work();
  HEJNAL_CHECK(store.commit());
}

}  // namespace hejnal::store
