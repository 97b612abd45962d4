// From a request to its handler: routing, the token, worker threads, live events.
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "api/context.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

namespace hejnal::api {

namespace {

constexpr std::size_t kWaitingMax = 2000;

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
  explicit ChangeStream(desk::Events& events) : events_(events) {}
  std::vector<ports::Event> next(std::uint64_t last_id) override {
    bool lost = false;
    std::vector<ports::Event> out;
    const auto changes = events_.after(last_id, 100, lost);
    if (lost) out.push_back({events_.last_id(), "reload", "{}"});
    for (const desk::Change& c : changes) {
      out.push_back({c.id, c.what, json::dump(json::Object{{"case", c.number}})});
    }
    return out;
  }

 private:
  desk::Events& events_;
};

struct Job {
  ports::Request request;
  ports::Reply reply;
};

}  // namespace

class Api::Impl {
 public:
  explicit Impl(Parts parts) : parts_(std::move(parts)) {}

  Status start() {
    for (int i = 0; i < parts_.workers; ++i) {
      HEJNAL_TRY(auto archive, parts_.open_archive());
      archives_.push_back(std::move(archive));
    }
    for (auto& archive : archives_) threads_.emplace_back([this, &archive] { work(*archive); });
    return {};
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& t : threads_) t.join();
    for (Job& job : waiting_)
      std::move(job.reply).send(problem(503, "Not now", "the server is shutting down"));
  }

  void submit(ports::Request request, ports::Reply reply) {
    std::unique_lock lock(mutex_);
    if (stopping_ || waiting_.size() >= kWaitingMax) {
      lock.unlock();
      std::move(reply).send(
          problem(503, "Not now", stopping_ ? "the server is shutting down" : "too many requests wait"));
      return;
    }
    waiting_.push_back({std::move(request), std::move(reply)});
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
      answer(std::move(job), archive);
    }
  }

  void answer(Job job, ports::Archive& archive) {
    Context context{job.request, parts_, archive, Role::nobody, {}, {}, {}};
    const bool head = job.request.method == "HEAD";
    if (head) job.request.method = "GET";
    Result<ports::Response> response = identify(context);
    if (response && response->status == 200) {
      if (job.request.path == "/api/v1/events" && job.request.method == "GET" &&
          context.role >= Role::reader) {
        std::uint64_t last_id = parts_.events->last_id();
        std::string_view told = job.request.header("last-event-id");
        if (told.empty()) told = job.request.parameter("last_id");
        if (const auto parsed = whole_number(told, "last_id"); parsed && !told.empty())
          last_id = static_cast<std::uint64_t>(*parsed);
        std::move(job.reply).stream(std::make_shared<ChangeStream>(*parts_.events), last_id);
        return;
      }
      response = dispatch(context);
    }
    ports::Response out = response ? std::move(*response) : problem(response.error());
    out.headers.emplace_back("X-Content-Type-Options", "nosniff");
    out.headers.emplace_back("Referrer-Policy", "no-referrer");
    std::move(job.reply).send(std::move(out));
  }

  // Who asks. 200 stands for "go on".
  Result<ports::Response> identify(Context& context) {
    const std::string_view header = context.request.header("authorization");
    if (header.empty()) return ports::Response{};
    constexpr std::string_view kBearer = "bearer ";
    if (header.size() > kBearer.size() && iequals(header.substr(0, kBearer.size()), kBearer)) {
      const std::string_view token = trim(header.substr(kBearer.size()));
      HEJNAL_TRY(const std::string found, context.archive.token_role(sha256_hex(token)));
      if (const auto colon = found.find(':'); colon != std::string::npos) {
        context.role = role_named(std::string_view(found).substr(0, colon));
        context.who = found.substr(colon + 1);
        return ports::Response{};
      }
    }
    ports::Response refused =
        problem(401, "Unknown token", "expected a valid token: Authorization: Bearer TOKEN");
    refused.headers.emplace_back("WWW-Authenticate", "Bearer");
    return refused;
  }

  Result<ports::Response> dispatch(Context& context) {
    const std::string& path = context.request.path;
    std::string allowed;
    for (const Route& route : routes()) {
      if (route.sandbox_only && !parts_.sandbox.world) continue;
      if (!matches(route.pattern, path, context.segments)) continue;
      if (route.method != context.request.method) {
        allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
        continue;
      }
      if (context.role < route.least) return not_allowed(context, route);
      return route.handle(context);
    }
    if (path == "/sandbox" && parts_.sandbox.world) {
      ports::Response moved{308, "text/plain", "/sandbox/\n", {{"Location", "/sandbox/"}}};
      return moved;
    }
    if (path == "/api/v1/events" && context.request.method != "GET") allowed = "GET";
    if (path == "/api/v1/events" && allowed.empty())
      return not_allowed(context, {"GET", "", Role::reader, nullptr});
    if (!allowed.empty()) {
      ports::Response response =
          problem(405, "Method not allowed", fmt::format("{} takes {}", sanitize_utf8(path), allowed));
      response.headers.emplace_back("Allow", allowed);
      return response;
    }
    return problem(404, "Not found",
                   fmt::format("there is nothing at {}", truncate_utf8(sanitize_utf8(path), 200)));
  }

  static ports::Response not_allowed(const Context& context, const Route& route) {
    if (context.role == Role::nobody) {
      ports::Response response =
          problem(401, "Token needed", "expected a header: Authorization: Bearer TOKEN");
      response.headers.emplace_back("WWW-Authenticate", "Bearer");
      return response;
    }
    static constexpr const char* kRoles[] = {"nobody", "client", "reader", "agent", "administrator"};
    return problem(403, "Not allowed",
                   fmt::format("this needs the role {} or more, the token \"{}\" has the role {}",
                               kRoles[static_cast<std::size_t>(route.least)], context.who,
                               kRoles[static_cast<std::size_t>(context.role)]));
  }

  Parts parts_;
  std::vector<std::unique_ptr<ports::Archive>> archives_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> waiting_;
  bool stopping_ = false;
};

Api::Api(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Api::~Api() = default;

Result<std::unique_ptr<Api>> Api::start(Parts parts) {
  auto impl = std::make_unique<Impl>(std::move(parts));
  HEJNAL_TRY_VOID(impl->start());
  return std::unique_ptr<Api>(new Api(std::move(impl)));
}

ports::Handler Api::handler() {
  return [impl = impl_.get()](ports::Request request, ports::Reply reply) {
    impl->submit(std::move(request), std::move(reply));
  };
}

}  // namespace hejnal::api
