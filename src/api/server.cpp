// From a request to its handler: routing, who asks, worker threads, live events.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>
#include <thread>

#include "api/client_page.hpp"
#include "api/context.hpp"
#include "api/form.hpp"
#include "api/page.hpp"
#include "api/presence.hpp"
#include "api/signin/cookies.hpp"
#include "api/signin/gate.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/thread_name.hpp"

namespace hejnal::api {

namespace {

constexpr std::size_t kWaitingMax = 2000;
// Passwords are hashed by two threads, 64 MiB each. What waits for them is bounded, also for each address,
// and those who have signed in here before wait in a line of their own.
constexpr int kSlowThreads = 2;
constexpr std::size_t kSlowWaitingMax = 16, kSlowFromOneMax = 4;
constexpr const char* kEvents = "/api/v1/events";
constexpr std::uint64_t kUnknownId = std::numeric_limits<std::uint64_t>::max();  // is answered by a reload

// Fills `segments` when the path has the pattern's form.
bool matches(std::string_view pattern, std::string_view path, std::vector<std::string>& segments) {
  const auto a = split(pattern, '/'), b = split(path, '/');
  if (a.size() != b.size()) return false;
  segments.clear();
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].starts_with('{') && !b[i].empty()) {
      segments.emplace_back(b[i]);
    } else if (a[i] != b[i]) {
      return false;
    }
  }
  return true;
}

Role role_named(std::string_view name) {
  if (name == "administrator") return Role::administrator;
  if (name == "agent") return Role::agent;
  if (name == "reader") return Role::reader;
  return name == "client" ? Role::client : Role::nobody;
}

// Changes as server-sent events: what changed, not the whole; the console then reads what it needs.
class ChangeStream final : public ports::EventSource {
 public:
  ChangeStream(desk::Events& events, std::string token, std::uint64_t revocations,
               std::function<bool()> is_over)
      : events_(events), token_(std::move(token)), revocations_(revocations), is_over_(std::move(is_over)) {}
  std::vector<ports::Event> next(std::uint64_t last_id) override {
    bool lost = false;
    std::vector<ports::Event> out;
    const auto changes = events_.after(last_id, 100, lost);
    if (lost) out.push_back({events_.last_id(), "reload", "{}"});  // and then what comes after that id
    for (const desk::Change& c : changes) {
      out.push_back(
          {c.id, c.what,
           json::dump(c.of == 0 ? json::Object{{"case", c.number}} : json::Object{{c.what, c.of}})});
    }
    return out;
  }
  bool over() override { return events_.revoked(token_, revocations_) || (is_over_ && is_over_()); }

 private:
  desk::Events& events_;
  const std::string token_;          // its name, or stream_key()
  const std::uint64_t revocations_;  // before it was looked up
  const std::function<bool()> is_over_;
};

// For people: links to it are followed from other sites, and carry what mail programs hang on to them.
bool is_page(const Route& route) {
  const std::string_view pattern = route.pattern;
  return !pattern.starts_with("/api/") && pattern != "/metrics" &&
         (!pattern.starts_with("/sandbox/") || pattern == "/sandbox/" || pattern == "/sandbox/sandbox.js");
}

// Not for people: they are answered in JSON, and nobody keeps a copy.
bool is_for_programs(std::string_view path) {
  return path == "/api" || path.starts_with("/api/") || path == "/metrics" || path.starts_with("/hooks/") ||
         path.starts_with("/sandbox/");
}

std::string percent_encoded(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("/-._~").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

bool is_unsafe(std::string_view method) { return method != "GET" && method != "HEAD"; }

bool is_slow(const ports::Request& request) {
  if (!request.path.starts_with("/api/v1/session") && request.path != "/api/v1/link") return false;
  for (const Route& route : routes()) {
    if (route.pace == Pace::slow && request.method == route.method && request.path == route.pattern)
      return true;
  }
  return false;
}

// Of somebody who may do nothing yet but set up a second factor.
bool is_for_setting_up(const Route& route) {
  return std::string_view(route.pattern).starts_with("/api/v1/session");
}

struct Job {
  ports::Request request;
  ports::Reply reply;
  std::string address;  // of a slow one
};

}  // namespace

class Api::Impl {
 public:
  explicit Impl(Parts parts) : parts_(std::move(parts)), gate_(parts_.sign_in, parts_.public_url) {}

  // Requests that are under way keep what they have begun with; there are few procedures in a server's life.
  void set_procedure(core::Procedure procedure) {
    const std::lock_guard lock(mutex_);
    later_parts_.push_back(std::make_unique<Parts>(parts_));
    later_parts_.back()->procedure = std::move(procedure);
    now_ = later_parts_.back().get();
  }

  Status start() {
    load_pages();
    for (int i = 0; i < parts_.workers + kSlowThreads; ++i) {
      HEJNAL_TRY(auto archive, parts_.open_archive());
      archives_.push_back(std::move(archive));
    }
    for (auto& archive : archives_) {
      const int number = static_cast<int>(threads_.size()) + 1;
      threads_.emplace_back([this, &archive, number] {
        const bool slow = number > parts_.workers;
        name_this_thread(slow ? fmt::format("hejnal-pass-{}", number - parts_.workers)
                              : fmt::format("hejnal-api-{}", number));
        if (slow) give_way();
        slow ? work_slowly(*archive) : work(*archive);
      });
    }
    return {};
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    wake_slow_.notify_all();
    for (std::thread& t : threads_) t.join();
    for (std::deque<Job>* jobs : {&waiting_, &slow_, &slow_known_}) {
      for (Job& job : *jobs)
        std::move(job.reply).send(problem(503, "Not now", "the server is shutting down"));
    }
  }

  void submit(ports::Request request, ports::Reply reply) {
    std::unique_lock lock(mutex_);
    if (stopping_ || waiting_.size() >= kWaitingMax) {
      lock.unlock();
      std::move(reply).send(
          problem(503, "Not now", stopping_ ? "the server is shutting down" : "too many requests wait"));
      return;
    }
    waiting_.push_back({std::move(request), std::move(reply), {}});
    lock.unlock();
    wake_.notify_one();
  }

 private:
  void work(ports::Archive& archive) {
    for (;;) {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      Job job = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      if (is_slow(job.request)) {
        hand_on(std::move(job));
      } else {
        answer(std::move(job), archive);
      }
    }
  }

  void hand_on(Job job) {
    job.address = gate_.address_of(job.request);
    std::unique_lock lock(mutex_);
    std::deque<Job>& line = gate_.has_device(job.request) ? slow_known_ : slow_;
    const auto from_there =
        std::count_if(line.begin(), line.end(), [&](const Job& one) { return one.address == job.address; });
    if (stopping_ || line.size() >= kSlowWaitingMax ||
        (!job.address.empty() && from_there >= static_cast<std::ptrdiff_t>(kSlowFromOneMax))) {
      lock.unlock();
      ports::Response busy = problem(503, "Not now", "too many people sign in at this moment");
      busy.headers.emplace_back("Retry-After", "2");
      std::move(job.reply).send(std::move(busy));
      return;
    }
    line.push_back(std::move(job));
    lock.unlock();
    wake_slow_.notify_one();
  }

  void work_slowly(ports::Archive& archive) {
    for (;;) {
      std::unique_lock lock(mutex_);
      wake_slow_.wait(lock, [this] { return stopping_ || !slow_.empty() || !slow_known_.empty(); });
      if (stopping_) return;
      std::deque<Job>& line = slow_known_.empty() ? slow_ : slow_known_;
      Job job = std::move(line.front());
      line.pop_front();
      lock.unlock();
      answer(std::move(job), archive);
    }
  }

  void answer(Job job, ports::Archive& archive) {
    Context context{job.request, *now_.load(), archive};
    context.gate = &gate_;
    context.limits = &limits_;
    context.presence = &presence_;
    context.address = gate_.address_of(job.request);
    const bool head = job.request.method == "HEAD";
    if (head) job.request.method = "GET";
    std::optional<std::uint64_t> events_after;
    const std::uint64_t revocations = parts_.events->revocations();
    const Result<ports::Response> response = serve(context, events_after);
    if (events_after) {
      std::string key = context.who;
      std::function<bool()> is_over;
      if (context.visit) {
        key = stream_key(context.visit->session.id);
        is_over = [this, session = context.visit->session] {
          return gate_.is_over(session, parts_.clock->now());
        };
      }
      std::move(job.reply).stream(
          std::make_shared<ChangeStream>(*parts_.events, std::move(key), revocations, std::move(is_over)),
          *events_after);
      return;
    }
    ports::Response out = response ? std::move(*response) : problem(response.error());
    out.headers.emplace_back("X-Content-Type-Options", "nosniff");
    out.headers.emplace_back("Referrer-Policy", "no-referrer");
    // What counts as now: in a sandbox that was advanced it is not the Date.
    if (is_for_programs(job.request.path)) {
      const auto caching = std::find_if(out.headers.begin(), out.headers.end(),
                                        [](const auto& one) { return iequals(one.first, "cache-control"); });
      if (caching == out.headers.end()) out.headers.emplace_back("Cache-Control", "no-store");
    }
    if (job.request.path.starts_with("/api/"))
      out.headers.emplace_back("Desk-Time", format_rfc3339(parts_.clock->now()));
    std::move(job.reply).send(std::move(out));
  }

  // Sets `events_after` when the answer is a stream.
  Result<ports::Response> serve(Context& context, std::optional<std::uint64_t>& events_after) {
    HEJNAL_TRY_VOID(identify(context));
    if (context.request.path != kEvents || context.request.method != "GET" || context.role < Role::reader ||
        (context.visit && context.visit->set_up_only))
      return dispatch(context);
    HEJNAL_TRY_VOID(check_parameters(context.request, "last_id"));
    std::uint64_t last_id = parts_.events->last_id();
    if (context.request.has_parameter("last_id")) {
      HEJNAL_TRY(const std::int64_t asked, whole_number(context.request.parameter("last_id"), "last_id"));
      last_id = static_cast<std::uint64_t>(asked);
    }
    // What a browser sends by itself when it comes back; it would give up for ever after an error.
    if (const std::string_view told = context.request.header("last-event-id"); !told.empty()) {
      const auto seen = whole_number(told, "Last-Event-ID");
      last_id = seen ? static_cast<std::uint64_t>(*seen) : kUnknownId;
    }
    events_after = last_id;
    return ports::Response{};
  }

  // Who asks. Other schemes than ours are for a proxy before us, and say nothing to us.
  Status identify(Context& context) {
    const std::string_view header = context.request.header("authorization");
    constexpr std::string_view kBearer = "bearer";
    if (!iequals(header.substr(0, kBearer.size()), kBearer)) return identify_by_cookie(context);
    const std::string_view token = trim(header.substr(kBearer.size()));
    HEJNAL_TRY(const std::string found, context.archive.token_role(sha256_hex(token)));
    const auto colon = found.find(':');
    context.unknown_token = colon == std::string::npos;
    if (context.unknown_token) return {};
    context.role = role_named(std::string_view(found).substr(0, colon));
    context.who = found.substr(colon + 1);
    return {};
  }

  // A browser sends its cookie along whoever has it ask. So what changes something also needs what only our
  // page knows.
  Status identify_by_cookie(Context& context) {
    const std::string secret = cookie(context.request, gate_.session_cookie());
    if (secret.size() != kSessionLetters) return {};
    HEJNAL_TRY(const auto session, context.archive.accounts().session(sha256_hex(secret)));
    const Instant now = parts_.clock->now();
    if (!session || gate_.is_over(*session, now)) return {};
    HEJNAL_TRY(const auto user, context.archive.accounts().user(session->user));
    if (!user || user->disabled) return {};
    Visit visit{*session, *user, csrf_of(secret),
                gate_.settings().totp_required && user->totp.empty() && !parts_.sandbox.world};
    if (is_unsafe(context.request.method) &&
        (!equal_constant_time(context.request.header("x-csrf-token"), visit.csrf) ||
         is_from_another_site(context.request, parts_.public_url))) {
      context.forged = true;
      return {};
    }
    context.role = role_named(user->role);
    context.who = user->name;
    context.visit = std::move(visit);
    if (gate_.see(*session, now)) {
      const std::int64_t id = session->id;
      parts_.ledger->submit(
          [id, now](desk::Desk& desk) { return desk.store().accounts().see_session(id, now); },
          [](const Status&) {});
    }
    return {};
  }

  Result<ports::Response> dispatch(Context& context) {
    const std::string& path = context.request.path;
    if (context.unknown_token && path.starts_with("/api/")) return not_allowed(context, Role::nobody);
    std::string allowed;
    for (const Route& route : routes()) {
      if (route.sandbox_only && !parts_.sandbox.world) continue;
      if (!matches(route.pattern, path, context.segments)) continue;
      if (route.method != context.request.method) {
        allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
        continue;
      }
      if (context.role < route.least) return not_allowed(context, route.least);
      if (!is_page(route)) HEJNAL_TRY_VOID(check_parameters(context.request, route.parameters));
      if (route.sandbox_only && !is_page(route)) {
        if (const Status own = check_own_page(context.request); !own)
          return problem(403, "Not allowed", own.error().what);
      }
      if (context.visit && context.visit->set_up_only && route.least > Role::nobody &&
          !is_for_setting_up(route))
        return totp_needed();
      if (!context.visit && route.least > Role::nobody && is_for_setting_up(route))
        return problem(409, "Not in this state", "a token has no session; sign in by a browser");
      return handle(context, route);
    }
    if (path == "/sandbox" && parts_.sandbox.world) {
      ports::Response moved{308, "text/plain", "/sandbox/\n", {{"Location", "/sandbox/"}}};
      return moved;
    }
    if (path == kEvents && context.request.method != "GET") allowed = "GET";
    if (path == kEvents && allowed.empty())
      return context.visit && context.visit->set_up_only ? totp_needed() : not_allowed(context, Role::reader);
    if (!allowed.empty()) {
      ports::Response response =
          problem(405, "Method not allowed", fmt::format("{} takes {}", sanitize_utf8(path), allowed));
      response.headers.emplace_back("Allow", allowed);
      return response;
    }
    if (context.request.method == "GET" && context.request.header("authorization").empty() &&
        !is_for_programs(path))
      return nothing_here(context);
    return problem(404, "Not found",
                   fmt::format("there is nothing at {}", truncate_utf8(sanitize_utf8(path), 200)));
  }

  // A person has typed it, or followed half a link.
  ports::Response nothing_here(Context& context) {
    std::string without = context.request.path;
    while (without.size() > 1 && without.ends_with('/')) without.pop_back();
    if (without != context.request.path && without != "/") {
      for (const Route& route : routes()) {
        if (route.method == std::string_view("GET") && is_page(route) &&
            (!route.sandbox_only || parts_.sandbox.world) &&
            matches(route.pattern, without, context.segments))
          return {
              308, "text/plain", "", {{"Location", percent_encoded(without)}, {"Cache-Control", "no-store"}}};
      }
    }
    return no_such_page(context);
  }

  static ports::Response totp_needed() {
    return problem(403, "Not allowed", "first set up a second factor, as this desk requires one",
                   {{"totp_needed", true}});
  }

  // What changes something stands in the audit log: usually in the same transaction (run_on_ledger).
  Result<ports::Response> handle(Context& context, const Route& route) {
    if (is_unsafe(route.method) && route.least > Role::nobody) {
      std::string object;
      for (const std::string& segment : context.segments)
        object += (object.empty() ? "" : " ") + truncate_utf8(one_line(segment), 100);
      context.audit = ports::AuditRow{0,
                                      {},
                                      context.who,
                                      context.visit ? "session" : "token",
                                      context.address,
                                      fmt::format("{} {}", route.method, route.pattern),
                                      std::move(object),
                                      {},
                                      {}};
    }
    Result<ports::Response> response = route.handle(context);
    if (context.audit && !context.audited && response && response->status < 300)
      HEJNAL_TRY_VOID(run_on_ledger(context, [](desk::Desk&) { return Status(); }));
    return response;
  }

  static ports::Response not_allowed(const Context& context, Role least) {
    if (context.forged)
      return problem(403, "Not allowed",
                     "a request that changes something needs the header X-CSRF-Token of its session");
    if (context.role == Role::nobody) {
      ports::Response response =
          context.unknown_token
              ? problem(401, "Unknown token", "expected a valid token: Authorization: Bearer TOKEN")
              : problem(401, "Token needed",
                        "expected a header: Authorization: Bearer TOKEN, or a browser that is signed in");
      response.headers.emplace_back("WWW-Authenticate", "Bearer");
      return response;
    }
    static constexpr const char* kRoles[] = {"nobody", "client", "reader", "agent", "administrator"};
    return problem(403, "Not allowed",
                   fmt::format("this needs the role {} or more, \"{}\" has the role {}",
                               kRoles[static_cast<std::size_t>(least)], context.who,
                               kRoles[static_cast<std::size_t>(context.role)]));
  }

  Parts parts_;
  std::vector<std::unique_ptr<Parts>> later_parts_;
  std::atomic<const Parts*> now_ = &parts_;
  Gate gate_;
  Limits limits_;
  Presence presence_;
  std::vector<std::unique_ptr<ports::Archive>> archives_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable wake_, wake_slow_;
  std::deque<Job> waiting_, slow_, slow_known_;
  bool stopping_ = false;
};

Api::Api(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Api::~Api() = default;

Result<std::unique_ptr<Api>> Api::start(Parts parts) {
  auto impl = std::make_unique<Impl>(std::move(parts));
  HEJNAL_TRY_VOID(impl->start());
  return std::unique_ptr<Api>(new Api(std::move(impl)));
}

void Api::set_procedure(core::Procedure procedure) { impl_->set_procedure(std::move(procedure)); }

ports::Handler Api::handler() {
  return [impl = impl_.get()](ports::Request request, ports::Reply reply) {
    impl->submit(std::move(request), std::move(reply));
  };
}

}  // namespace hejnal::api
