// A network for tests: hears calls and answers what it was told to.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "ports/clock.hpp"
#include "ports/sms.hpp"
#include "wire/form/form.hpp"

namespace hejnal::carriers {

class TestCaller final : public ports::HttpCaller {
 public:
  void call(ports::HttpCall call, std::function<void(ports::HttpAnswer)> done) override {
    calls.push_back(std::move(call));
    ports::HttpAnswer answer;
    if (answers.empty()) {
      answer.error = "connection refused";
    } else {
      answer = answers.front();
      answers.pop_front();
    }
    done(std::move(answer));
  }
  void will_say(int status, std::string body, std::string type = "application/json") {
    answers.push_back({status, std::move(type), std::move(body), {}, true, false});
  }
  void will_be_silent() { answers.push_back({0, {}, {}, "timed out", true, true}); }
  void will_not_connect() { answers.push_back({0, {}, {}, "connection refused", false, true}); }
  wire::FormFields form() const { return wire::form_decode(calls.back().body); }
  wire::FormFields query() const {
    return wire::form_decode(calls.back().url.substr(calls.back().url.find('?') + 1));
  }

  std::vector<ports::HttpCall> calls;
  std::deque<ports::HttpAnswer> answers;
};

struct TestClock final : ports::Clock {
  Instant now() override { return time; }
  Instant time = *parse_rfc3339("2026-11-23T09:00:00Z");
};

}  // namespace hejnal::carriers
