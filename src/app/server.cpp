#include "app/server.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <sstream>
#include <thread>

#include "api/api.hpp"
#include "api/signin/accounts.hpp"
#include "api/tokens.hpp"
#include "app/carrier_check.hpp"
#include "app/checkpointer.hpp"
#include "app/clock.hpp"
#include "app/control.hpp"
#include "app/database_file.hpp"
#include "app/dispatch.hpp"
#include "app/from_settings.hpp"
#include "app/heartbeat_board.hpp"
#include "app/inspector.hpp"
#include "app/lock.hpp"
#include "app/monitor_hooks.hpp"
#include "app/out_thread.hpp"
#include "app/parse_pool.hpp"
#include "app/phone_hooks.hpp"
#include "app/report_health.hpp"
#include "app/reporting.hpp"
#include "app/secret_key.hpp"
#include "app/sip_door.hpp"
#include "app/sms_hooks.hpp"
#include "app/switch_wording.hpp"
#include "app/version.hpp"
#include "app/watch.hpp"
#include "base/text.hpp"
#include "carriers/email/composer.hpp"
#include "carriers/email/composing.hpp"
#include "carriers/email/view.hpp"
#include "carriers/web/form.hpp"
#include "carriers/words/answers.hpp"
#include "carriers/words/templates.hpp"
#include "carriers/world/world.hpp"
#include "config/procedure_data.hpp"
#include "config/procedure_file.hpp"
#include "desk/ledger.hpp"
#include "net/http_caller.hpp"
#include "net/http_server.hpp"
#include "net/imap_client.hpp"
#include "net/imap_quarantine.hpp"
#include "net/lmtp_server.hpp"
#include "net/sip_server.hpp"
#include "net/smtp_sender.hpp"
#include "store/sqlite/archive.hpp"
#include "store/sqlite/keeper.hpp"
#include "store/sqlite/store.hpp"
#include "wire/sms/number.hpp"
#include "wire/sms/text.hpp"

namespace hejnal::app {

namespace fs = std::filesystem;

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return fail(Fault::not_found, "{}: it is a folder", path);
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Fault::not_found, "{}: it cannot be read", path);
  std::ostringstream out;
  if (in.peek() != std::ifstream::traits_type::eof()) out << in.rdbuf();
  if (in.bad() || out.bad()) return fail(Fault::not_found, "{}: it cannot be read", path);
  std::string text = std::move(out).str();
  if (text.size() > max_bytes)
    return fail(Fault::malformed, "{}: it is larger than {} bytes", path, max_bytes);
  return text;
}

Result<config::Settings> load_settings(const std::string& path) {
  HEJNAL_TRY(const std::string text, read_file(path, 1u << 20));
  return config::read_settings(text, path);
}

static Result<std::map<std::string, std::string>> own_templates(const std::string& folder) {
  std::map<std::string, std::string> out;
  if (folder.empty()) return out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".txt") continue;
    HEJNAL_TRY(out[entry.path().filename().string()], read_file(entry.path().string(), 1u << 20));
  }
  if (error) return fail(Fault::not_found, "{}: {}", folder, error.message());
  return out;
}

Result<carriers::Templates> load_templates(const config::Settings& s, const core::Procedure& procedure) {
  HEJNAL_TRY(const auto files, own_templates(s.templates));
  return carriers::Templates::load({s.name, s.sms_number, s.public_url, s.timezone, procedure.language,
                                    s.public_url + "/console/case/", transliterate_of(s), s.address, s.phone},
                                   procedure, files);
}

Result<LoadedProcedure> load_procedure(const config::Settings& settings) {
  LoadedProcedure out;
  if (settings.procedure.empty()) {
    HEJNAL_TRY(out.text, config::builtin_procedure_text(settings.language));
    HEJNAL_TRY(out.procedure, config::read_procedure(out.text, settings.language + ".toml"));
  } else {
    HEJNAL_TRY(out.text, read_file(settings.procedure, 1u << 20));
    HEJNAL_TRY(out.procedure, config::read_procedure(out.text, settings.procedure));
  }
  return out;
}

// The built-in procedure exists in each language.
static std::vector<core::Procedure> translations_of(const LoadedProcedure& loaded) {
  const auto own = config::builtin_procedure_text(loaded.procedure.language);
  std::vector<core::Procedure> out;
  if (!own || *own != loaded.text) return out;
  for (const char* language : {"pl", "en"}) {
    auto other = config::builtin_procedure(language);
    if (other && language != loaded.procedure.language) out.push_back(std::move(*other));
  }
  return out;
}

config::Settings sandbox_settings(const std::string& data, const std::string& http, const std::string& lmtp,
                                  const std::string& sip) {
  config::Settings s;
  s.sip_listen = sip;
  s.name = "Wsparcie (sandbox)";
  s.address = "pomoc@wsparcie.example";
  s.aliases = {"awaria@wsparcie.example", "pilne@wsparcie.example"};
  s.language = "pl";
  s.timezone = "Europe/Warsaw";
  s.country = "48";
  s.sms_number = "+48600000000";
  s.phone = "+48120000000";
  s.store_path = data + "/hejnal.db";
  s.http_listen = http;
  s.lmtp = lmtp;
  s.size_limit = 26'214'400;
  s.recipient_delimiter = "+";
  s.budget_address = 20;
  s.budget_case = 10;
  s.budget_total = 1'000'000;
  s.on_call = {{"Dyżur", "dyzur@wsparcie.example", "+48600000001"}};
  // To play a monitoring system: one of each kind, and a heartbeat that is expected from its first call on.
  for (const char* kind : {"alertmanager", "grafana", "zabbix", "uptime-kuma", "icinga"}) {
    config::Monitor monitor;
    monitor.name = monitor.kind = kind;
    monitor.secret = "sandbox";
    s.monitors.push_back(std::move(monitor));
  }
  config::Heartbeat heartbeat;
  heartbeat.name = "watchdog";
  heartbeat.secret = "sandbox";
  heartbeat.every = 1h;
  heartbeat.grace = 10min;
  heartbeat.from_first = true;
  heartbeat.route.standard_class = "urgent";
  heartbeat.route.quiet = 1ms;
  s.heartbeats = {std::move(heartbeat)};
  config::Provider provider;  // to whom the desk itself reports
  provider.name = "centrala";
  provider.title = "Centrala (dostawca)";
  provider.email = "serwis@centrala.example";
  provider.sms_number = "+48600000099";
  provider.language = s.language;
  provider.from = s.address;
  provider.from_name = s.name;
  provider.tell = s.on_call.front().email;
  s.providers = {provider};
  return s;
}

// Of the 10 s in which a server ends; the rest is for who is cut, and for the store.
static constexpr Duration kStopGrace = 7s;

// To the journal of the machine: one line for each change, none for what is as it was.
static void say(const std::string& words) { fmt::print(stderr, "hejnal: {}\n", one_line(words)); }

namespace {

// Of a mailbox that is not the desk's own, only answers to our reports are taken.
class ForReports final : public ports::MailIntake {
 public:
  explicit ForReports(ports::MailIntake& next) : next_(next) {}
  void accept(ports::Delivery delivery, std::function<void(Status)> done) override {
    delivery.reports_only = true;
    next_.accept(std::move(delivery), std::move(done));
  }

 private:
  ports::MailIntake& next_;
};

}  // namespace

class Server::Impl {
 public:
  explicit Impl(ServerOptions options) : options_(std::move(options)), settings_(options_.settings) {}
  ~Impl() { stop(); }

  Status start() {
    HEJNAL_TRY_VOID(open_store());
    HEJNAL_TRY_VOID(open_desk());
    inspector_ = std::make_unique<Inspector>(settings_.store_path);
    HEJNAL_TRY_VOID(open_network());
    HEJNAL_TRY_VOID(invite_administrator());
    return write_token();
  }

  void stop() {
    if (stopped_) return;
    stopped_ = true;
    // From the outside inwards: no new work, finish what was begun, then the store. Who is slow has his time
    // as long as there is some for all.
    const auto end = std::chrono::steady_clock::now() + kStopGrace;
    const auto at_most = [end](Duration grace) {
      const auto left = std::chrono::duration_cast<Duration>(end - std::chrono::steady_clock::now());
      return std::clamp(left, Duration(0), grace);
    };
    if (ledger_) ledger_->cut_advance();
    if (control_) control_->stop(at_most(1s));
    if (sms_hooks_) sms_hooks_->stop();  // while its answers can still leave
    if (http_) http_->stop(at_most(3s));
    if (lmtp_) lmtp_->stop(at_most(3s));
    if (sip_) sip_->stop(at_most(1s));
    quarantines_.clear();
    mailboxes_.clear();
    events_.on_publish({});
    if (report_loop_) report_loop_->stop();
    parse_.reset();
    if (out_) out_->stop();
    if (relay_health_) relay_health_->rest();
    if (sms_) sms_->stop(at_most(2s));
    if (smtp_) smtp_->stop(at_most(3s));
    if (exchange_) exchange_->stop(at_most(1s));
    if (report_loop_) report_loop_->keep();
    api_.reset();
    watch_.reset();
    if (checkpointer_) checkpointer_->stop();
    if (ledger_) ledger_->stop();
    io_.reset();
    inspector_.reset();
    if (store_) static_cast<void>(store::sqlite::empty_log(settings_.store_path));
  }

  std::string http_address, lmtp_address, sip_address;
  ServerOptions options_;

 private:
  Status open_store() {
    std::error_code error;
    const fs::path folder = fs::path(settings_.store_path).parent_path();
    if (!folder.empty() && !fs::exists(folder))
      return fail(Fault::not_found, "there is no folder {}", folder.string());
    HEJNAL_TRY(DatabaseLock lock, DatabaseLock::take(settings_.store_path));
    lock_ = std::make_unique<DatabaseLock>(std::move(lock));
    HEJNAL_TRY(const bool is_new, is_new_database(settings_.store_path));
    HEJNAL_TRY_VOID(store::sqlite::check_sound(settings_.store_path));
    HEJNAL_TRY(store_, store::sqlite::open_store(settings_.store_path));
    if (is_new && !options_.sandbox) say("made a new database: " + settings_.store_path);
    if (options_.sandbox) {
      HEJNAL_TRY(const std::string offset, store_->setting(kSandboxOffset));
      clock_ = std::make_unique<OffsetClock>(Duration(std::atoll(offset.c_str())));
    } else {
      clock_ = std::make_unique<OffsetClock>();
    }
    return {};
  }

  Status open_desk() {
    HEJNAL_TRY(loaded_, load_procedure(settings_));
    HEJNAL_TRY_VOID(take_adopted_procedure());
    // The address is known for certain only when the server listens; a configured one comes first.
    if (settings_.public_url.empty()) settings_.public_url = "http://" + settings_.http_listen;
    io_ = std::make_unique<net::IoThread>();
    if (!options_.reports_only) HEJNAL_TRY_VOID(open_http());
    HEJNAL_TRY(auto templates, make_templates(loaded_.procedure));
    templates_ = std::make_unique<SwitchWording>(std::move(templates));
    composer_ = std::make_unique<carriers::EmailComposer>(carriers::ComposerSettings{
        settings_.name, settings_.address, settings_.timezone, settings_.recipient_delimiter});
    if (options_.sandbox) {
      world_ = carriers::make_world({options_.data + "/world.jsonl", settings_.address, settings_.sms_number},
                                    *clock_);
    } else {
      HEJNAL_TRY(net::SmtpSenderOptions smtp, smtp_options(settings_));
      smtp_ = std::make_unique<net::SmtpSender>(std::move(smtp));
      relay_health_ = std::make_unique<RelayHealth>(settings_.smtp, *clock_,
                                                    [](const std::string& words) { say("smtp: " + words); });
      HEJNAL_TRY_VOID(open_sms());
      relay_ = std::make_unique<RelayDispatcher>(*smtp_, *relay_health_, sms_ ? sms_->board.get() : nullptr);
    }
    ports::Dispatcher& carrier = world_ ? static_cast<ports::Dispatcher&>(*world_) : *relay_;
    composing_ = std::make_unique<carriers::ComposingDispatcher>(*composer_, carrier);
    out_ = std::make_unique<OutThread>(*composing_);
    desk::Settings told = desk_settings(settings_, options_.sandbox || sms_);
    if (sms_) told.sms_repeats_by = sms_->board->recognising_repeats();
    desk_ = std::make_unique<desk::Desk>(
        desk::Parts{
            *store_, *clock_, random_, *templates_,
            [](const std::string& text) { return config::read_procedure(text, "an older procedure"); }},
        std::move(told), loaded_.procedure, loaded_.text);
    HEJNAL_TRY_VOID(desk_->start());
    clock_->told(desk_->tick());
    ledger_ = std::make_unique<desk::Ledger>(*desk_, events_, *out_);
    HEJNAL_TRY(
        reporting_,
        make_reporting(settings_, *store_, random_,
                       {sms_ ? sms_->board->recognising_repeats() : std::vector<std::string>(),
                        [this](core::ReportId id) { desk_->note_change("report", id); }, options_.sandbox}));
    if (sms_) {
      sms_hooks_ = std::make_unique<SmsHooks>(
          *sms_, *ledger_, *clock_,
          [this](const ports::SmsReport& report, Instant now) -> Result<bool> {
            HEJNAL_TRY(const bool taken, reporting_.engine->heard_of_sms(report, now));
            if (taken) report_loop_->nudge();
            return taken;
          },
          [this](const ports::IncomingSms& sms, Instant now) -> Result<bool> {
            HEJNAL_TRY(const core::ReportId report, reporting_.engine->take(sms, now));
            if (report != 0) report_loop_->nudge();
            if (report != 0 || !reporting_.engine->is_notice_of_provider(sms)) return report != 0;
            HEJNAL_TRY_VOID(desk_->set_aside(sms, reporter::kOfNoReport));
            return true;
          });
    }
    HEJNAL_TRY(auto phone, phone_hook_settings(settings_));
    phone_hooks_ = std::make_unique<PhoneHooks>(std::move(phone), *ledger_);
    report_loop_ = std::make_unique<ReportLoop>(*reporting_.engine, *ledger_, carrier, *clock_);
    // While nothing rings yet.
    desk_->on_silence(
        [this](desk::Desk& desk, const desk::Desk::HeartbeatState& state, bool silent) -> Status {
          HEJNAL_TRY_VOID(tell_silence(desk, *reporting_.engine, settings_, state, silent));
          report_loop_->nudge();  // it waits for this very commit
          return {};
        });
    ledger_->start();
    HEJNAL_TRY(auto monitors, make_monitors(settings_));
    HEJNAL_TRY(auto heartbeats, make_heartbeats(settings_));
    monitor_hooks_ =
        std::make_unique<MonitorHooks>(std::move(monitors), std::move(heartbeats), *reporting_.engine,
                                       *ledger_, [this] { report_loop_->nudge(); });
    heartbeat_board_ = std::make_unique<HeartbeatBoard>(settings_, *clock_);
    report_loop_->start();
    report_health_ = std::make_unique<ReportHealth>(
        [path = settings_.store_path] { return store::sqlite::open_archive(path); }, *clock_,
        !settings_.providers.empty());
    checkpointer_ = std::make_unique<Checkpointer>(settings_.store_path, [this] { ledger_->tidy(); });
    watch_ = std::make_unique<Watch>(DatabaseFile(settings_.store_path), *ledger_, *clock_, &say);
    return {};
  }

  Result<std::shared_ptr<const carriers::Templates>> make_templates(const core::Procedure& procedure) {
    HEJNAL_TRY(carriers::Templates templates, load_templates(settings_, procedure));
    return std::make_shared<const carriers::Templates>(std::move(templates));
  }

  // The company's own are read whenever they are asked for: they are edited while the server runs.
  Result<std::vector<ports::AnswerTemplate>> answers_of(const std::string& language) const {
    std::map<std::string, std::string> own;
    const std::string folder = settings_.templates.empty() ? "" : settings_.templates + "/answers";
    std::error_code ignored;
    if (!folder.empty() && fs::is_directory(folder, ignored)) {
      HEJNAL_TRY(own, own_templates(folder));
    }
    return carriers::answer_templates(language, own);
  }

  Status take_adopted_procedure() {
    file_version_ = loaded_.procedure.version;
    HEJNAL_TRY(const std::string adopted, store_->setting(kAdoptedProcedure));
    const auto space = adopted.find(' ');
    if (space == std::string::npos || adopted.substr(space + 1) != file_version_) return {};
    HEJNAL_TRY(const std::string text, store_->procedure_text(adopted.substr(0, space)));
    auto procedure = config::read_procedure(text, "the adopted procedure");
    if (!procedure) {
      say("the adopted procedure cannot be read any more, the file's is in force: " + procedure.error().what);
      return {};
    }
    loaded_ = {std::move(*procedure), text};
    return {};
  }

  // On a thread of the api.
  Status adopt_procedure(const std::string& text, const std::string& by) {
    const std::lock_guard lock(adopt_mutex_);
    HEJNAL_TRY(core::Procedure procedure, config::read_procedure(text, "draft"));
    HEJNAL_TRY(const auto templates, make_templates(procedure));
    const Status kept = ledger_->run([&](desk::Desk& desk) -> Status {
      HEJNAL_TRY_VOID(desk.keep_procedure(procedure, text, by));
      return desk.store().set_setting(kAdoptedProcedure, procedure.version + " " + file_version_);
    });
    if (!kept) return kept;
    const Status adopted = ledger_->run([&](desk::Desk& desk) -> Status {
      desk.adopt_procedure(procedure, text);
      templates_->change(templates);
      return {};
    });
    if (!adopted) return adopted;
    api_->set_procedure(std::move(procedure));
    return {};
  }

  Status open_sms() {
    carriers::Switchboard::Watch watch;
    watch.log = [](const std::string& words) { say(words); };
    watch.keep = [this](const std::string& gateway, const std::string& month, std::int64_t spent) {
      if (!ledger_) return;
      ledger_->submit(
          [=](desk::Desk& desk) {
            return desk.store().set_setting(spent_key(gateway, month), std::to_string(spent));
          },
          [](const Status&) {});  // not kept: the next one says the sum again
    };
    watch.note = [this](std::int64_t item, const std::string& key, const std::string& gateway,
                        std::function<void(bool)> then) {
      const bool of_a_report = item == 0 && key.starts_with("report.");
      if (item == 0 && !of_a_report) return then(true);
      ledger_->submit(
          [this, item, key, gateway, of_a_report](desk::Desk& desk) {
            return of_a_report ? reporting_.engine->given_to(key, gateway, desk.now())
                               : desk.given_to(item, gateway);
          },
          [this, then = std::move(then)](const Status& done) {
            out_->post([then, good = done.has_value()] { then(good); });
          });
    };
    HEJNAL_TRY(sms_, make_sms(settings_, *clock_, std::move(watch)));
    if (!sms_) return {};
    const std::string month = sms_->board->month();
    for (const config::SmsGateway& gateway : settings_.sms) {
      HEJNAL_TRY(const std::string spent, store_->setting(spent_key(gateway.name, month)));
      sms_->board->set_spent(gateway.name, month, std::atoll(spent.c_str()));
    }
    HEJNAL_TRY(const auto lately, store_->automatic_since(clock_->now() - 1h));
    for (const ports::AutomaticWord& word : lately) {
      if (word.channel == core::Channel::sms) sms_->board->count_sent(word.to, word.at);
    }
    return count_report_sms();
  }

  // Those that reports have sent in the last hour count, too, over a restart.
  Status count_report_sms() {
    HEJNAL_TRY(const auto ids, store_->reports().records().ids(false, 200, ports::Archive::kNewest));
    for (const core::ReportId id : ids) {
      const auto r = store_->reports().records().load(id);
      if (!r) continue;  // damaged: told elsewhere
      for (const auto& s : r->sendings) {
        if (s.channel == core::Channel::sms && s.left_at && *s.left_at > clock_->now() - 1h)
          sms_->board->count_sent(s.to, *s.left_at);
      }
    }
    return {};
  }

  // Requests that come before the api is there wait for no one: they are told to come back.
  Status open_http() {
    net::HttpServerOptions http;
    http.listen = settings_.http_listen;
    http.body_limit_of = [sandbox = options_.sandbox](std::string_view, std::string_view path) {
      if (path.starts_with("/api/v1/session") || path.starts_with("/api/v1/link"))
        return std::size_t{16} << 10;
      if (path.starts_with(kMonitorHooks)) return std::size_t{8} << 20;  // a group of thousands of alerts
      const bool files = path == "/report" || path == "/api/v1/sent-reports" || path.starts_with("/c/") ||
                         (sandbox && path == "/sandbox/email");
      return std::size_t{files ? 26u : 1u} << 20;
    };
    http.too_long = [language = loaded_.procedure.language, name = settings_.name](
                        const ports::Request& head) { return api::too_long_page(head, language, name); };
    auto opened = net::HttpServer::open(
        *io_,
        [this](ports::Request request, ports::Reply reply) {
          if (const auto handler = handler_.load()) {
            if (sms_hooks_ && SmsHooks::wants(request))
              return sms_hooks_->answer(std::move(request), std::move(reply));
            if (PhoneHooks::wants(request)) return phone_hooks_->answer(request, std::move(reply));
            if (MonitorHooks::wants(request)) return monitor_hooks_->answer(request, std::move(reply));
            (*handler)(std::move(request), std::move(reply));
          } else {
            std::move(reply).send({503, "text/plain", "starting\n", {{"Retry-After", "1"}}});
          }
        },
        http);
    if (!opened) return tl::make_unexpected(opened.error());
    http_ = std::move(*opened);
    const auto colon = settings_.http_listen.rfind(':');
    http_address = settings_.http_listen.substr(0, colon) + ":" + std::to_string(http_->bound_port());
    if (options_.sandbox) settings_.public_url = "http://" + http_address;
    return {};
  }

  Status open_network() {
    parse_ = std::make_unique<ParsePool>(
        *ledger_, intake_settings(settings_), 2,
        [this](const ports::IncomingMail& mail, Instant now) -> Result<bool> {
          HEJNAL_TRY(const core::ReportId report, reporting_.engine->take(mail, now));
          if (report != 0) report_loop_->nudge();
          return report != 0;
        });
    if (options_.reports_only) {
      for (const config::ImapMailbox& mailbox : settings_.imap) {
        if (mailbox.use == "reports") HEJNAL_TRY_VOID(open_mailbox(mailbox));
      }
      return open_control();
    }

    if (options_.sandbox || !options_.token_file.empty()) {
      HEJNAL_TRY_VOID(ledger_->run([&](desk::Desk& desk) -> Status {
        HEJNAL_TRY(token_,
                   api::make_start_token(desk, options_.sandbox ? api::kSandboxToken : api::kStartToken));
        return {};
      }));
    }
    HEJNAL_TRY_VOID(open_api());
    if (!settings_.lmtp.empty()) {
      net::LmtpServerOptions lmtp;
      lmtp.listen = settings_.lmtp;
      lmtp.host_name = settings_.host_name.empty() ? domain_of(settings_.address) : settings_.host_name;
      lmtp.limits.message_bytes = static_cast<std::size_t>(settings_.size_limit);
      auto opened = net::LmtpServer::open(*io_, *parse_, lmtp);
      if (!opened) return tl::make_unexpected(opened.error());
      lmtp_ = std::move(*opened);
      lmtp_address = settings_.lmtp.starts_with("unix:")
                         ? settings_.lmtp
                         : settings_.lmtp.substr(0, settings_.lmtp.rfind(':')) + ":" +
                               std::to_string(lmtp_->bound_port());
    }
    for (const config::ImapMailbox& mailbox : settings_.imap) HEJNAL_TRY_VOID(open_mailbox(mailbox));
    HEJNAL_TRY_VOID(open_sip());
    return open_control();
  }

  Status open_sip() {
    if (settings_.sip_listen.empty()) return {};
    HEJNAL_TRY(net::SipServerOptions options, sip_options(settings_));
    options.log = [](const std::string& words) { say("sip: " + words); };
    sip_door_ =
        std::make_unique<SipDoor>(sip_settings(settings_),
                                  carriers::phone::FloodLimits{static_cast<int>(settings_.sip_total),
                                                               static_cast<int>(settings_.sip_per_address),
                                                               static_cast<int>(settings_.sip_per_caller)},
                                  *ledger_, *clock_, world_.get());
    auto opened = net::SipServer::open(std::move(options), *sip_door_);
    if (!opened) return tl::make_unexpected(opened.error());
    sip_ = std::move(*opened);
    sip_address = settings_.sip_listen.substr(0, settings_.sip_listen.rfind(':')) + ":" +
                  std::to_string(sip_->bound_port());
    return {};
  }

  // The local socket through which commands reach the process that owns the database. Only its user may.
  Status open_control() {
    net::HttpServerOptions control;
    control.listen = "unix:" + control_socket(settings_.store_path);
    control.unix_mode = 0600;
    control.body_limit = static_cast<std::size_t>(settings_.size_limit) + 1024;
    auto opened = net::HttpServer::open(
        *io_,
        [this](ports::Request request, ports::Reply reply) {
          answer_control({*ledger_, events_, *parse_, settings_.public_url, *reporting_.engine,
                          [this] { report_loop_->nudge(); }},
                         std::move(request), std::move(reply));
        },
        control);
    if (!opened) return tl::make_unexpected(opened.error());
    control_ = std::move(*opened);
    return {};
  }

  Status open_api() {
    api::Parts parts;
    parts.ledger = ledger_.get();
    parts.events = &events_;
    parts.clock = clock_.get();
    parts.open_archive = [path = settings_.store_path] { return store::sqlite::open_archive(path); };
    parts.procedure = loaded_.procedure;
    parts.translations = translations_of(loaded_);
    parts.read_form = carriers::read_form;
    parts.public_url = settings_.public_url;
    parts.desk_name = settings_.name;
    parts.banner_pl = settings_.banner_pl;
    parts.banner_en = settings_.banner_en;
    parts.desk_address = settings_.address;
    parts.sms_number = settings_.sms_number;
    parts.phone = settings_.phone;
    parts.zone = settings_.timezone;
    parts.version = kVersion;
    parts.normal_number = [country = settings_.country](const std::string& number) {
      return wire::e164(number, country);
    };
    parts.on_call = desk_settings(settings_, false).on_call;
    parts.answer_templates = [this](const std::string& language) { return answers_of(language); };
    parts.procedures.read = config::read_procedure;
    parts.procedures.to_data = config::toml_to_data;
    parts.procedures.to_text = config::data_to_toml;
    parts.procedures.adopt = [this](const std::string& text, const std::string& by) {
      return adopt_procedure(text, by);
    };
    parts.channels = [this] { return channels(); };
    tests_ = std::make_unique<CarrierCheck>(settings_, *clock_, smtp_.get(), sms_.get(), world_.get());
    parts.carriers = [this] { return carriers(); };
    parts.test_carrier = [this](const std::string& name) -> Result<api::ChannelTest> {
      for (const api::Carrier& one : carriers()) {
        if (one.name == name) return tests_->run(one);
      }
      return fail(Fault::not_found, "there is no channel {}", name);
    };
    parts.sms_segments = [](const std::string& text) { return wire::sms_size(text).segments; };
    parts.file_of_mail = carriers::file_of;
    parts.html_of_mail = carriers::html_of;
    parts.metrics = [this] { return metrics(); };
    HEJNAL_TRY_VOID(open_originate(parts));
    HEJNAL_TRY(parts.sign_in.key, secret_key(settings_.store_path));
    parts.sign_in.idle = std::chrono::minutes(settings_.session_idle_minutes);
    parts.sign_in.longest = std::chrono::hours(24 * settings_.session_days);
    parts.sign_in.totp_required = settings_.totp == "required";
    parts.sign_in.trusted_proxies = settings_.trusted_proxies;
    parts.sent.reporter = reporting_.engine.get();
    parts.sent.nudge = [this] { report_loop_->nudge(); };
    parts.sent.proof = [this](ports::Archive& archive, core::ReportId id) {
      return prove(settings_, archive, id, clock_->now());
    };
    if (world_) {
      parts.sandbox.world = world_.get();
      parts.sandbox.intake = parse_.get();
      parts.sandbox.token = token_;
      parts.sandbox.advance = [this](Duration by) { return advance(by); };
    }
    auto started = api::Api::start(std::move(parts));
    if (!started) return tl::make_unexpected(started.error());
    api_ = std::move(*started);
    handler_ = std::make_shared<ports::Handler>(api_->handler());
    events_.on_publish([http = http_.get()] { http->wake_streams(); });
    return {};
  }

  Status open_originate(api::Parts& parts) {
    if (world_) {
      parts.originate = [this](const std::string& agent, const std::string& to, std::int64_t) -> Status {
        world_->add_call({agent, "dialled " + to, clock_->now(), 0});
        return {};
      };
    }
    if (settings_.originate_url.empty()) return {};
    HEJNAL_TRY(const auto how, originate_settings(settings_));
    net::HttpCallerOptions http;
    http.ca_file = settings_.originate_ca_file;
    http.threads = 1;
    http.queue = 20;
    exchange_ = std::make_unique<net::HttpClient>(http);
    parts.originate = [this, how](const std::string& agent, const std::string& to,
                                  std::int64_t callback) -> Status {
      // Whoever waits holds up one of the few threads of the API.
      const std::unique_lock alone(originating_, std::try_to_lock);
      if (!alone) return fail(Fault::conflict, "another call is being set up; try again in a moment");
      auto answer = std::make_shared<std::promise<ports::HttpAnswer>>();
      auto came = answer->get_future();
      exchange_->call(carriers::phone::originate(how, agent, to, callback),
                      [answer](ports::HttpAnswer one) { answer->set_value(std::move(one)); });
      return carriers::phone::originated(came.get());
    };
    return {};
  }

  // As long as nobody has an account: how to make the first one. In a sandbox everybody is its administrator.
  Status invite_administrator() {
    if (options_.sandbox || options_.reports_only) return {};
    std::string secret;
    HEJNAL_TRY_VOID(ledger_->run([&](desk::Desk& desk) -> Status {
      HEJNAL_TRY(secret, api::invite_first(desk));
      return {};
    }));
    if (!secret.empty()) {
      say("nobody can sign in yet; within 24 hours this link makes an administrator, once: " +
          api::address_of_link(settings_.public_url, secret));
    }
    return {};
  }

  Status advance(Duration by) {
    const std::lock_guard lock(advance_mutex_);
    HEJNAL_TRY_VOID(ledger_->advance(by, [this](Instant t) { clock_->jump_to(t); }));
    report_loop_->nudge();
    if (by == 0ms) return {};
    return ledger_->run([this](desk::Desk& desk) {
      return desk.store().set_setting(kSandboxOffset, std::to_string(clock_->offset().count()));
    });
  }

  Status open_mailbox(const config::ImapMailbox& mailbox) {
    net::ImapWatcherOptions imap;
    imap.url = mailbox.url;
    imap.starttls = starttls_of(mailbox.starttls);
    imap.user = mailbox.user;
    HEJNAL_TRY(imap.password, first_line(mailbox.password_file));
    imap.ca_file = mailbox.ca_file;
    imap.mailbox = mailbox.folder;
    imap.mark_seen = mailbox.after == "seen";
    if (mailbox.after.starts_with("move:")) imap.move_to = mailbox.after.substr(5);
    imap.message_bytes = static_cast<std::size_t>(settings_.size_limit);
    if (!mailbox.import_since.empty()) imap.import_since = parse_rfc3339(mailbox.import_since + "T00:00:00Z");
    const std::string key = fmt::format("imap {} {} {}", mailbox.url, mailbox.user, mailbox.folder);
    std::string kept;
    HEJNAL_TRY_VOID(ledger_->run([&](desk::Desk& desk) -> Status {
      HEJNAL_TRY(kept, desk.store().setting(key));
      return {};
    }));
    net::ImapPosition position;
    if (std::sscanf(kept.c_str(), "%u %u", &position.uidvalidity, &position.uid) == 2)
      imap.position = position;
    net::ImapWatcher::Callbacks callbacks;
    callbacks.save = [this, key](net::ImapPosition p) {
      // Not saved means fetched once more, which the desk sees as a duplicate.
      static_cast<void>(ledger_->run([&](desk::Desk& desk) {
        return desk.store().set_setting(key, fmt::format("{} {}", p.uidvalidity, p.uid));
      }));
    };
    callbacks.log = [](const std::string& words) { say("imap: " + words); };
    if (!mailbox.quarantine.empty()) HEJNAL_TRY_VOID(open_quarantine(mailbox, imap));
    if (mailbox.use == "reports" && !for_reports_) for_reports_ = std::make_unique<ForReports>(*parse_);
    ports::MailIntake& intake =
        mailbox.use == "reports" ? static_cast<ports::MailIntake&>(*for_reports_) : *parse_;
    mailboxes_.push_back(std::make_unique<net::ImapWatcher>(std::move(imap), intake, std::move(callbacks)));
    return {};
  }

  Status open_quarantine(const config::ImapMailbox& mailbox, const net::ImapWatcherOptions& imap) {
    net::ImapQuarantineOptions options;
    options.url = imap.url;
    options.starttls = imap.starttls;
    options.user = imap.user;
    options.password = imap.password;
    options.ca_file = imap.ca_file;
    options.message_bytes = imap.message_bytes;
    options.folders = mailbox.quarantine;
    HEJNAL_TRY(auto archive, store::sqlite::open_archive(settings_.store_path));
    net::ImapQuarantine::Callbacks callbacks;
    callbacks.now = [this] { return clock_->now(); };
    callbacks.log = [](const std::string& words) { say("imap quarantine: " + words); };
    // As long as an email that was announced may still be joined by itself.
    callbacks.waiting = [this, archive = std::shared_ptr<ports::Archive>(std::move(archive))] {
      std::vector<std::int64_t> out;
      const Instant now = clock_->now();
      const auto announced = archive->announcements(now - 25h, now + 1min, nullptr, 1000);
      if (!announced) return out;
      for (const core::Announcement& one : *announced) {
        if (!one.late_ms) out.push_back(one.number);
      }
      return out;
    };
    quarantines_.push_back(
        std::make_unique<net::ImapQuarantine>(std::move(options), *parse_, std::move(callbacks)));
    return {};
  }

  std::vector<api::ChannelHealth> channels() {
    std::vector<api::ChannelHealth> out;
    if (inspector_) out.push_back(inspector_->health());
    if (lmtp_) out.push_back({"lmtp", "ok", "listens on " + lmtp_address});
    if (sip_) out.push_back(health_of(*sip_));
    if (world_) out.push_back({"sandbox", "ok", "nothing leaves this computer"});
    if (relay_health_) out.push_back(relay_health_->channel());
    if (sms_) {
      for (const auto& gateway : sms_->board->health())
        out.push_back({gateway.name, gateway.state, gateway.detail});
    }
    for (api::ChannelHealth& beat : heartbeat_board_->channels()) out.push_back(std::move(beat));
    for (api::ChannelHealth& trouble : watch_->troubles()) out.push_back(std::move(trouble));
    if (auto reports = report_health_->health()) out.push_back(std::move(*reports));
    for (const auto& mailbox : mailboxes_) {
      out.push_back(health_of(mailbox->status()));
    }
    for (const auto& quarantine : quarantines_) {
      if (const std::string trouble = quarantine->trouble(); !trouble.empty())
        out.push_back({"imap quarantine", "degraded", trouble});
    }
    return out;
  }

  api::ChannelHealth health_of(const net::SipServer& sip) const {
    api::ChannelHealth out{"sip", "ok", "listens on " + sip_address};
    const auto registration = sip.registration();
    if (!registration) return out;
    const std::string since = format_rfc3339(clock_->now() - registration->since);
    if (registration->registered) {
      out.detail += fmt::format("; registered at {} since {}", settings_.sip_register, since);
    } else {
      out.state = "degraded";
      out.detail += fmt::format("; not registered at {} since {}: {}", settings_.sip_register, since,
                                registration->last_error);
    }
    return out;
  }

  static api::ChannelHealth health_of(const net::ImapStatus& status) {
    const bool deaf = status.heard_nothing_for > 30min;
    return {"imap", status.connected && !deaf ? "ok" : "degraded",
            fmt::format("{}, nothing heard for {}{}", status.connected ? "connected" : "not connected",
                        format_duration(status.heard_nothing_for),
                        status.last_error.empty() ? "" : "; " + status.last_error)};
  }

  // The ways in and out by themselves, for the page that shows each.
  std::vector<api::Carrier> carriers() {
    std::vector<api::Carrier> out;
    if (world_) {
      for (const char* medium : {"email", "sms"})
        out.push_back(
            {medium, "sandbox", medium, true, true, "ok", "nothing leaves this computer", {}, true});
    }
    if (lmtp_)
      out.push_back(
          {"lmtp", "lmtp", "email", true, false, "ok", "listens on " + lmtp_address, {}, smtp_ != nullptr});
    std::size_t n = 0;
    for (const auto& mailbox : mailboxes_) {
      const net::ImapStatus status = mailbox->status();
      const api::ChannelHealth health = health_of(status);
      const std::string name = mailboxes_.size() == 1 ? "imap" : fmt::format("imap-{}", n + 1);
      out.push_back({name, "imap", "email", true, false, health.state,
                     fmt::format("{}: {}", settings_.imap[n].folder, health.detail),
                     clock_->now() - status.heard_nothing_for, smtp_ != nullptr});
      ++n;
    }
    if (relay_health_) {
      const api::ChannelHealth health = relay_health_->channel();
      out.push_back({"smtp", "smtp", "email", false, true, health.state, health.detail,
                     relay_health_->last_taken(), true});
    }
    if (sms_) {
      for (const auto& gateway : sms_->board->health()) {
        const auto found = std::find_if(settings_.sms.begin(), settings_.sms.end(),
                                        [&](const auto& one) { return one.name == gateway.name; });
        out.push_back({gateway.name,
                       found == settings_.sms.end() ? "" : found->kind,
                       "sms",
                       true,
                       true,
                       gateway.state,
                       gateway.detail,
                       {},
                       true});
      }
    }
    return out;
  }

  void add_metrics_of_sip(std::vector<api::Metric>& out) const {
    if (!sip_) return;
    const auto answers = sip_door_->answers();
    const auto turned_away = sip_door_->turned_away();
    const auto counts = sip_->counts();
    const auto add = [&](const char* name, const char* help, const char* label, const char* of,
                         std::int64_t value) {
      out.push_back({name, help, "counter", *label ? fmt::format("{}=\"{}\"", label, of) : "", value});
    };
    const char* help = "Calls by SIP since the start, by what became of them.";
    add("sip_calls_total", help, "answer", "rejected", answers.rejected);
    add("sip_calls_total", help, "answer", "redirected", answers.redirected);
    add("sip_calls_total", help, "answer", "hung_up", answers.hung_up);
    add("sip_calls_total", help, "answer", "not_kept", answers.not_kept);
    help = "Calls by SIP that were turned away, because there were too many.";
    add("sip_turned_away_total", help, "of", "caller", turned_away.caller);
    add("sip_turned_away_total", help, "of", "address", turned_away.address);
    add("sip_turned_away_total", help, "of", "total", turned_away.total);
    add("sip_turned_away_total", help, "of", "waiting",
        std::max<std::int64_t>(
            0, counts.refused - turned_away.caller - turned_away.address - turned_away.total));
    add("sip_strangers_total", "SIP requests of those who are no peers.", "", "", counts.strangers);
    add("sip_malformed_total", "SIP messages that nobody can read.", "", "", counts.malformed);
    add("sip_other_requests_total", "SIP requests that are no calls.", "", "", counts.others);
    const auto registration = sip_->registration();
    if (registration)
      out.push_back({"sip_registered", "Whether the registration at the provider holds.", "gauge", "",
                     registration->registered ? 1 : 0});
  }

  // A counter by counter, each with a line for every gateway.
  std::vector<api::Metric> metrics() {
    std::vector<api::Metric> out;
    add_metrics_of_sip(out);
    for (const auto& [trouble, count] : report_health_->counts())
      out.push_back({"sent_reports_open", "Open reports to providers, by why they need a look.", "gauge",
                     fmt::format("trouble=\"{}\"", core::to_string(trouble)), count});
    if (!sms_) return out;
    const auto counts = sms_->board->counts();
    const auto add = [&](const char* name, const char* help,
                         std::int64_t carriers::Switchboard::Counts::*value) {
      for (const auto& one : counts)
        out.push_back({name, help, "counter", fmt::format("gateway=\"{}\"", one.name), one.*value});
    };
    add("sms_sent_total", "SMS that a gateway has taken since the start.",
        &carriers::Switchboard::Counts::sent);
    add("sms_received_total", "SMS that a gateway has brought since the start.",
        &carriers::Switchboard::Counts::received);
    add("sms_refused_calls_total", "Calls of a gateway that were not believed: a wrong secret or signature.",
        &carriers::Switchboard::Counts::refused_calls);
    return out;
  }

  Status write_token() {
    if (options_.token_file.empty() && options_.sandbox) options_.token_file = options_.data + "/token";
    if (options_.token_file.empty()) return {};
    const mode_t before = ::umask(0177);
    std::ofstream out(options_.token_file, std::ios::trunc);
    out << token_ << '\n';
    out.close();
    ::umask(before);
    ::chmod(options_.token_file.c_str(), 0600);
    if (!out) return fail(Fault::retry_later, "{}: it cannot be written", options_.token_file);
    return {};
  }

  config::Settings settings_;
  LoadedProcedure loaded_;
  SystemRandom random_;
  std::unique_ptr<OffsetClock> clock_;
  std::unique_ptr<DatabaseLock> lock_;
  std::unique_ptr<Checkpointer> checkpointer_;  // before whatever has a connection: it goes after that
  std::unique_ptr<ports::Store> store_;
  std::unique_ptr<Inspector> inspector_;
  std::unique_ptr<SwitchWording> templates_;
  std::unique_ptr<carriers::EmailComposer> composer_;
  std::unique_ptr<carriers::SandboxWorld> world_;
  std::unique_ptr<net::SmtpSender> smtp_;
  std::unique_ptr<RelayHealth> relay_health_;
  std::unique_ptr<SmsOut> sms_;
  std::unique_ptr<RelayDispatcher> relay_;
  std::unique_ptr<carriers::ComposingDispatcher> composing_;
  std::unique_ptr<OutThread> out_;
  desk::Events events_{desk::Events::epoch_of(OffsetClock().now())};
  std::unique_ptr<desk::Desk> desk_;
  std::unique_ptr<desk::Ledger> ledger_;
  std::unique_ptr<SmsHooks> sms_hooks_;
  std::unique_ptr<PhoneHooks> phone_hooks_;
  Reporting reporting_;
  std::unique_ptr<ReportLoop> report_loop_;
  std::unique_ptr<MonitorHooks> monitor_hooks_;
  std::unique_ptr<HeartbeatBoard> heartbeat_board_;
  std::unique_ptr<Watch> watch_;
  std::unique_ptr<ReportHealth> report_health_;
  std::unique_ptr<net::IoThread> io_;
  std::unique_ptr<ParsePool> parse_;
  std::unique_ptr<ports::MailIntake> for_reports_;  // the same, of mailboxes that are not the desk's own
  std::unique_ptr<CarrierCheck> tests_;
  std::unique_ptr<net::HttpClient> exchange_;  // that calls back
  std::mutex originating_;
  std::unique_ptr<api::Api> api_;
  std::atomic<std::shared_ptr<ports::Handler>> handler_;
  std::unique_ptr<net::HttpServer> http_;
  std::unique_ptr<net::HttpServer> control_;
  std::unique_ptr<net::LmtpServer> lmtp_;
  std::unique_ptr<SipDoor> sip_door_;
  std::unique_ptr<net::SipServer> sip_;
  std::vector<std::unique_ptr<net::ImapWatcher>> mailboxes_;
  std::vector<std::unique_ptr<net::ImapQuarantine>> quarantines_;
  std::string token_;
  std::mutex advance_mutex_, adopt_mutex_;
  std::string file_version_;  // of the procedure in the file, or built in
  bool stopped_ = false;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(ServerOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  HEJNAL_TRY_VOID(impl->start());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::string Server::http() const { return impl_->http_address; }
std::string Server::lmtp() const { return impl_->lmtp_address; }
std::string Server::sip() const { return impl_->sip_address; }
const std::string& Server::token_file() const { return impl_->options_.token_file; }
void Server::stop() { impl_->stop(); }

}  // namespace hejnal::app
