// The HTTP interface: /api/v1, /metrics, the pages, and /sandbox/ where there is one.
// handler() may be called on any thread; it hands each request to a worker and returns at once.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/ring_once.hpp"
#include "desk/ledger.hpp"
#include "json/value.hpp"
#include "ports/http.hpp"
#include "ports/incoming.hpp"
#include "ports/letters.hpp"
#include "ports/mail_view.hpp"
#include "ports/store.hpp"
#include "ports/world.hpp"
#include "reporter/reporter.hpp"

namespace hejnal::api {

struct Sandbox {
  ports::World* world = nullptr;
  ports::MailIntake* intake = nullptr;
  std::function<Status(Duration)> advance;
  std::string token;  // for the page on which one plays the agent
};

// What can be done with a procedure's text (config/procedure_file.hpp, procedure_data.hpp).
struct Procedures {
  // Mistakes come as "name:4:8: what", one a line.
  std::function<Result<core::Procedure>(const std::string& text, const std::string& name)> read;
  std::function<Result<json::Value>(const std::string& text)> to_data;
  std::function<Result<std::string>(const json::Value& data)> to_text;
  // For new cases from now on, and after a restart; fails where it does not fit the company's templates.
  std::function<Status(const std::string& text, const std::string& by)> adopt;
};

struct ChannelHealth {
  std::string name, state, detail;  // state: ok, degraded, failing
};

// A way in or out, as the page of the channels shows it.
struct Carrier {
  std::string name, kind,
      medium;  // "gsm1", "kannel", "sms"; kind also: lmtp, imap, smtp, sandbox; medium: or email
  bool in = false, out = false;
  std::string state, detail;        // as ChannelHealth
  std::optional<Instant> heard_at;  // the last sign of life; empty: none yet, or it gives none
  bool can_be_tested = false;
};

struct ChannelTest {
  bool sent = false;  // the other side has taken it
  std::string to, detail;
};

// How people sign in (docs/signing-in.md).
struct SignIn {
  std::string key;                           // 32 secret bytes that lie beside the database, not in it
  Duration idle = 12h, longest = 168h;       // of a session
  bool totp_required = false;                // who has no second factor can only set one up
  std::vector<std::string> trusted_proxies;  // addresses whose X-Forwarded-For is believed
};

// The proof of a report that we have sent: its text, and who has signed it.
struct Proof {
  std::string text, key, signature, armoured;
};

// Reports that we send to providers (docs/reporter.md).
struct SentReports {
  reporter::Reporter* reporter = nullptr;  // on the ledger's thread; its settings on any
  std::function<void()> nudge;             // something may have to leave
  std::function<Result<Proof>(ports::Archive&, core::ReportId)> proof;
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
  core::Procedure procedure;  // the one in force when a request came
  Procedures procedures;
  std::vector<core::Procedure> translations;  // the same procedure in other languages, to be shown only
  std::string public_url, desk_name, banner_pl, banner_en, desk_address, sms_number, phone, zone, country,
      version;
  std::function<std::string(const std::string& number)> normal_number;  // to E.164; empty when it is none
  // Reads multipart/form-data, by its Content-Type and its body.
  std::function<Result<ports::IncomingForm>(std::string_view, std::string_view)> read_form;
  std::function<std::vector<ChannelHealth>()> channels;
  std::function<Result<std::vector<ports::AnswerTemplate>>(const std::string& language)> answer_templates;
  std::function<std::vector<Carrier>()> carriers;
  std::function<Result<ChannelTest>(const std::string& carrier)> test_carrier;  // waits for some seconds
  std::function<int(const std::string& text)> sms_segments;                     // how many a text costs
  // Out of the original bytes of a mail: its n-th attachment from 0, its HTML version (pictures: those that
  // came with it are shown).
  std::function<Result<ports::MailFile>(const std::string& raw, std::size_t n)> file_of_mail;
  std::function<Result<ports::MailHtml>(const std::string& raw, bool pictures)> html_of_mail;
  // Has the exchange ring at `agent` and then at `to`, and waits until it has taken that on; empty: there is
  // none.
  std::function<Status(const std::string& agent, const std::string& to, std::int64_t callback)> originate;
  std::shared_ptr<RingOnce> ring_once = std::make_shared<RingOnce>();
  std::vector<core::OnCall> on_call;             // whose telephones it may ring at
  std::function<std::vector<Metric>()> metrics;  // of the carriers; those of one name together
  SignIn sign_in;
  SentReports sent;
  Sandbox sandbox;  // world is null outside of a sandbox
  int workers = 3;
};

// The page for who has sent a form with more than has room; nothing: no client's page was meant. Any thread.
std::optional<ports::Response> too_long_page(const ports::Request& head, const std::string& language,
                                             const std::string& desk_name);

class Api {
 public:
  static Result<std::unique_ptr<Api>> start(Parts parts);
  ~Api();  // finishes what runs; refuses what waits

  ports::Handler handler();
  void set_procedure(core::Procedure procedure);  // for the requests that come from now on

 private:
  class Impl;
  explicit Api(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hejnal::api
