// SMS against a database that `fill FILE CASES town` has made; one line of JSON.
//
// sms_load desk FILE CASES SMS FIRST: the real store, desk and ledger in this process, with a way out that
// takes everything at once. 128 SMS are always under way. `receive` is the time that the desk needs for one
// (find the cases, weigh them, decide, write; without the commit that it shares with others), `durable` the
// time from handing it in until after its commit.
//
// sms_load http HOST:PORT PATH CASES SENDERS SMS FIRST SINK_PORT: the same SMS as calls of a gateway, over
// SENDERS connections; and the gateway that alerts are sent by, which takes everything.
//
// FIRST: the number of the first SMS; two runs on one database must not send the same ones.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/hash.hpp"
#include "carriers/words/templates.hpp"
#include "config/procedure_file.hpp"
#include "desk/ledger.hpp"
#include "store/sqlite/store.hpp"
#include "town.hpp"
#include "wire/form/form.hpp"
#include "wire/sms/number.hpp"

using namespace hejnal;

namespace {

using Steady = std::chrono::steady_clock;

double ms_since(Steady::time_point then) {
  return std::chrono::duration<double, std::milli>(Steady::now() - then).count();
}

double percentile(std::vector<double>& list, double p) {
  if (list.empty()) return 0;
  std::sort(list.begin(), list.end());
  return list[std::min(list.size() - 1, static_cast<std::size_t>(p * static_cast<double>(list.size())))];
}

struct RealClock final : ports::Clock {
  Instant now() override {
    return {
        std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count()};
  }
};

struct Dice final : ports::Random {
  std::mt19937_64 engine{1};
  std::uint64_t next() override { return engine(); }
};

// Takes everything, on the thread that hands it over.
struct Everywhere final : ports::Dispatcher {
  std::atomic<long> sent{0};
  void send(ports::Outgoing, std::function<void(ports::SendResult)> done) override {
    ++sent;
    ports::SendResult taken;
    taken.outcome = ports::SendResult::Outcome::handed_over;
    done(std::move(taken));
  }
};

int through_desk(char** argv) {
  const bench::Town town(std::atol(argv[3]));
  const long count = std::atol(argv[4]), first = std::atol(argv[5]);
  const core::ShortCodes codes(keyed_hash(bench::kMessageKeyOfTown, "short codes"));
  auto store = store::sqlite::open_store(argv[2]);
  auto procedure = config::builtin_procedure("pl");
  const auto text = config::builtin_procedure_text("pl");
  if (!store || !procedure || !text) return 70;
  auto words = carriers::Templates::load({"Pomoc",
                                          "+48600000000",
                                          "https://wsparcie.example",
                                          "Europe/Warsaw",
                                          "pl",
                                          {},
                                          wire::Transliterate::when_cheaper,
                                          "pomoc@wsparcie.example",
                                          {}},
                                         *procedure);
  if (!words) return 70;
  RealClock clock;
  Dice dice;
  Everywhere out;
  desk::Events events;
  desk::Settings settings;
  settings.address = "pomoc@wsparcie.example";
  settings.own_domains = {"wsparcie.example"};
  settings.on_call = {{"Dyżur", "dyzur@wsparcie.example", "+48600000001"}};
  settings.sms_available = true;
  settings.normal_number = [](const std::string& number) { return wire::e164(number, "48"); };
  desk::Desk desk(desk::Parts{**store, clock, dice, *words,
                              [](const std::string&) { return config::builtin_procedure("pl"); }},
                  settings, *procedure, *text);
  if (!desk.start()) return 70;
  std::vector<ports::IncomingSms> prepared;
  for (long n = first; n < first + count; ++n) {
    const bench::Town::Sms sms = town.sms(n, codes);
    prepared.push_back({"bench:" + std::to_string(n), sms.from, sms.text, false, false});
  }
  struct Times {
    Steady::time_point given;
    double receive_ms = 0, durable_ms = 0;
    core::CaseNumber number = 0;
  };
  std::vector<Times> times(prepared.size());
  std::atomic<long> under_way{0}, good{0}, bad{0};
  const auto before = (*store)->last_case_number();
  desk::Ledger ledger(desk, events, out);
  ledger.start();
  const auto begin = Steady::now();
  for (std::size_t i = 0; i < prepared.size(); ++i) {
    while (under_way.load() >= 128) std::this_thread::sleep_for(std::chrono::microseconds(50));
    ++under_way;
    times[i].given = Steady::now();
    ledger.submit(
        [&, i](desk::Desk& d) -> Status {
          const auto from = Steady::now();
          const auto filed = d.receive(prepared[i]);
          times[i].receive_ms = ms_since(from);
          if (!filed) return tl::make_unexpected(filed.error());
          times[i].number = filed->number;
          return {};
        },
        [&, i](const Status& done) {
          times[i].durable_ms = ms_since(times[i].given);
          done ? ++good : ++bad;
          --under_way;
        });
  }
  while (good + bad < count) std::this_thread::sleep_for(std::chrono::microseconds(200));
  const double seconds = ms_since(begin) / 1000;
  ledger.stop();
  std::vector<double> receive, durable;
  long joined = 0;
  for (const Times& t : times) {
    receive.push_back(t.receive_ms);
    durable.push_back(t.durable_ms);
    joined += t.number != 0 && t.number <= *before ? 1 : 0;
  }
  std::printf(
      "{\"accepted\": %ld, \"refused\": %ld, \"joined\": %ld, \"per_s\": %.1f, \"receive_p50_ms\": %.3f, "
      "\"receive_p99_ms\": %.3f, \"receive_max_ms\": %.3f, \"p50_ms\": %.3f, \"p99_ms\": %.3f}\n",
      good.load(), bad.load(), joined, static_cast<double>(good) / seconds, percentile(receive, 0.5),
      percentile(receive, 0.99), receive.back(), percentile(durable, 0.5), percentile(durable, 0.99));
  return bad == 0 ? 0 : 1;
}

// -- through the gateway's door

int connect_to(const std::string& where) {
  const auto colon = where.rfind(':');
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(where.c_str() + colon + 1)));
  inet_pton(AF_INET, where.substr(0, colon).c_str(), &address.sin_addr);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 ? fd : -1;
}

bool write_all(int fd, const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t n = ::write(fd, bytes.data() + at, bytes.size() - at);
    if (n <= 0) return false;
    at += static_cast<std::size_t>(n);
  }
  return true;
}

// Reads one message of HTTP with a Content-Length; its first line, empty when the connection is gone.
std::string read_http(int fd, std::string& buffer) {
  for (;;) {
    const auto head = buffer.find("\r\n\r\n");
    if (head != std::string::npos) {
      std::size_t length = 0;
      for (const char* name : {"Content-Length: ", "content-length: "}) {
        const auto at = buffer.find(name);
        if (at != std::string::npos && at < head)
          length = static_cast<std::size_t>(std::atol(buffer.c_str() + at + 16));
      }
      if (buffer.size() >= head + 4 + length) {
        std::string line = buffer.substr(0, buffer.find("\r\n"));
        buffer.erase(0, head + 4 + length);
        return line;
      }
    }
    std::array<char, 8192> chunk;
    const ssize_t n = ::read(fd, chunk.data(), chunk.size());
    if (n <= 0) return {};
    buffer.append(chunk.data(), static_cast<std::size_t>(n));
  }
}

// The gateway that alerts leave by.
void sink(int port) {
  const int listening = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ::setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listening, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::exit(71);
  ::listen(listening, 64);
  for (;;) {
    const int fd = ::accept(listening, nullptr, nullptr);
    if (fd < 0) return;
    std::thread([fd] {
      std::string buffer;
      while (!read_http(fd, buffer).empty() &&
             write_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) {
      }
      ::close(fd);
    }).detach();
  }
}

int through_http(char** argv) {
  const std::string where = argv[2], path = argv[3];
  const bench::Town town(std::atol(argv[4]));
  const auto senders = static_cast<std::size_t>(std::atol(argv[5]));
  const long count = std::atol(argv[6]), first = std::atol(argv[7]);
  const core::ShortCodes codes(keyed_hash(bench::kMessageKeyOfTown, "short codes"));
  std::thread(sink, std::atoi(argv[8])).detach();
  std::vector<std::vector<std::string>> prepared(senders);
  for (long n = first; n < first + count; ++n) {
    const bench::Town::Sms sms = town.sms(n, codes);
    const std::string body =
        wire::form_encode({{"from", sms.from}, {"text", sms.text}, {"id", std::to_string(n)}});
    prepared[static_cast<std::size_t>(n) % senders].push_back(
        fmt::format("POST {} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                    "Content-Length: {}\r\n\r\n{}",
                    path, body.size(), body));
  }
  std::atomic<long> good{0}, bad{0};
  std::vector<std::vector<double>> times(senders);
  const auto begin = Steady::now();
  std::vector<std::thread> threads;
  for (std::size_t s = 0; s < senders; ++s) {
    threads.emplace_back([&, s] {
      int fd = connect_to(where);
      std::string buffer;
      for (const std::string& call : prepared[s]) {
        const auto given = Steady::now();
        std::string line = fd >= 0 && write_all(fd, call) ? read_http(fd, buffer) : std::string();
        if (line.empty()) {  // a connection ends after so many calls
          if (fd >= 0) ::close(fd);
          buffer.clear();
          fd = connect_to(where);
          line = fd >= 0 && write_all(fd, call) ? read_http(fd, buffer) : std::string();
        }
        line.find(" 200 ") != std::string::npos ? ++good : ++bad;
        times[s].push_back(ms_since(given));
      }
      if (fd >= 0) ::close(fd);
    });
  }
  for (std::thread& t : threads) t.join();
  const double seconds = ms_since(begin) / 1000;
  std::vector<double> all;
  for (const auto& list : times) all.insert(all.end(), list.begin(), list.end());
  std::printf("{\"accepted\": %ld, \"refused\": %ld, \"per_s\": %.1f, \"p50_ms\": %.3f, \"p99_ms\": %.3f}\n",
              good.load(), bad.load(), static_cast<double>(good) / seconds, percentile(all, 0.5),
              percentile(all, 0.99));
  std::fflush(stdout);
  std::_Exit(bad == 0 ? 0 : 1);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "desk" && argc == 6) return through_desk(argv);
  if (mode == "http" && argc == 9) return through_http(argv);
  return 64;
}
