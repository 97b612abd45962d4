// The HTTP interface: /api/v1, /metrics, the pages, and /sandbox/ where there is one.
// handler() may be called on any thread; it hands each request to a worker and returns at once.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "desk/ledger.hpp"
#include "ports/http.hpp"
#include "ports/mail_view.hpp"
#include "ports/store.hpp"
#include "ports/world.hpp"

namespace hejnal::api {

struct Sandbox {
  ports::World* world = nullptr;
  ports::MailIntake* intake = nullptr;
  std::function<Status(Duration)> advance;
  std::string token;  // for the page on which one plays the agent
};

struct ChannelHealth {
  std::string name, state, detail;  // state: ok, degraded, failing
};

struct Metric {
  std::string name, help, type;  // gauge, counter; without "hejnal_"
  std::string labels;            // gateway="smsapi"; empty: none
  std::int64_t value = 0;
};

struct Parts {
  desk::Ledger* ledger = nullptr;
  desk::Events* events = nullptr;
  ports::Clock* clock = nullptr;
  std::function<Result<std::unique_ptr<ports::Archive>>()> open_archive;
  core::Procedure procedure;
  std::string public_url, desk_name, desk_address, sms_number, phone, zone, country, version;
  std::function<std::string(const std::string& number)> normal_number;  // to E.164; empty when it is none
  std::function<std::vector<ChannelHealth>()> channels;
  std::function<int(const std::string& text)> sms_segments;  // how many a text costs
  // Out of the original bytes of a mail: its n-th attachment from 0, its HTML version (pictures: those that
  // came with it are shown).
  std::function<Result<ports::MailFile>(const std::string& raw, std::size_t n)> file_of_mail;
  std::function<Result<ports::MailHtml>(const std::string& raw, bool pictures)> html_of_mail;
  std::function<std::vector<Metric>()> metrics;  // of the carriers; those of one name together
  Sandbox sandbox;                               // world is null outside of a sandbox
  int workers = 3;
};

class Api {
 public:
  static Result<std::unique_ptr<Api>> start(Parts parts);
  ~Api();  // finishes what runs; refuses what waits

  ports::Handler handler();

 private:
  class Impl;
  explicit Api(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hejnal::api
