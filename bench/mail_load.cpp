// mail_load lmtp|smtp HOST:PORT SENDERS MAILS RECIPIENT: sends Polish mails of 3-4 KB, every tenth with 30 KB
// attached, over SENDERS connections, and prints one line of JSON: accepted a second, and the time from the
// final dot to the final reply.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int fd = -1;
  std::string buffer;

  bool open(const std::string& host, int port) {
    fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    inet_pton(AF_INET, host.c_str(), &address.sin_addr);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  bool write(const std::string& bytes) const {
    std::size_t at = 0;
    while (at < bytes.size()) {
      const ssize_t n = ::write(fd, bytes.data() + at, bytes.size() - at);
      if (n <= 0) return false;
      at += static_cast<std::size_t>(n);
    }
    return true;
  }
  // The code of the next whole reply, 0 when the connection is gone.
  int reply() {
    for (;;) {
      std::size_t begin = 0;
      for (;;) {
        const auto end = buffer.find("\r\n", begin);
        if (end == std::string::npos) break;
        if (end - begin >= 4 && buffer[begin + 3] == ' ') {
          const int code = std::atoi(buffer.c_str() + begin);
          buffer.erase(0, end + 2);
          return code;
        }
        begin = end + 2;
      }
      char chunk[4096];
      const ssize_t n = ::read(fd, chunk, sizeof chunk);
      if (n <= 0) return 0;
      buffer.append(chunk, static_cast<std::size_t>(n));
    }
  }
};

// Of today: a mail that is many days old gets no receipt, which would be less work.
std::string date_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[64];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &utc);
  return text;
}

std::string mail(int sender, int number, const std::string& recipient) {
  static const std::string date = date_now();
  static const char* const words[] = {"serwer", "drukarka", "księgowość", "działa",  "wolno",
                                      "błąd",   "zażółć",   "gęślą",      "jaźń",    "proszę",
                                      "o",      "pomoc",    "od",         "rana",    "nie",
                                      "można",  "się",      "zalogować",  "faktura", "poczta"};
  unsigned state = static_cast<unsigned>(sender * 1'000'003 + number) * 2654435761u + 12345u;
  const auto next = [&state] { return state = state * 1664525u + 1013904223u, state >> 8; };
  const std::string id =
      std::to_string(sender) + "." + std::to_string(number) + "." + std::to_string(::getpid());
  std::string text;
  const std::size_t size = 3000 + next() % 1000;
  while (text.size() < size) {
    text += words[next() % 20];
    text += next() % 12 == 0 ? ".\r\n" : " ";
  }
  std::string out = "From: Klient " + id + " <klient" + id + "@firma" + std::to_string(next() % 500) +
                    ".example>\r\nTo: " + recipient + "\r\nSubject: =?utf-8?Q?Nie_dzia=C5=82a_nr_" + id +
                    "?=\r\nMessage-ID: <" + id + "@load.example>\r\nDate: " + date +
                    "\r\nMIME-Version: 1.0\r\n";
  const std::string part =
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
  if (number % 10 != 0) return out + part + text + "\r\n.\r\n";
  out +=
      "Content-Type: multipart/mixed; boundary=xyz\r\n\r\n--xyz\r\n" + part + text +
      "\r\n--xyz\r\nContent-Type: application/pdf; name=f.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  for (int line = 0; line < 540; ++line) {
    for (int i = 0; i < 76; ++i)
      out += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[next() % 64];
    out += "\r\n";
  }
  return out + "--xyz--\r\n.\r\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 64;
  const bool lmtp = std::string(argv[1]) == "lmtp";
  const std::string where = argv[2], recipient = argv[5];
  const auto colon = where.rfind(':');
  const std::string host = where.substr(0, colon);
  const int port = std::atoi(where.c_str() + colon + 1), senders = std::atoi(argv[3]),
            mails = std::atoi(argv[4]);
  std::vector<std::vector<std::string>> prepared(static_cast<std::size_t>(senders));
  for (int i = 0; i < mails; ++i)
    prepared[static_cast<std::size_t>(i % senders)].push_back(mail(i % senders, i, recipient));

  std::atomic<int> accepted{0}, refused{0};
  std::vector<std::vector<double>> times(static_cast<std::size_t>(senders));
  const auto begin = Clock::now();
  std::vector<std::thread> threads;
  for (int s = 0; s < senders; ++s) {
    threads.emplace_back([&, s] {
      Connection c;
      if (!c.open(host, port) || c.reply() != 220) return;
      c.write(lmtp ? "LHLO load.example\r\n" : "EHLO load.example\r\n");
      c.reply();
      int n = 0;
      for (const std::string& bytes : prepared[static_cast<std::size_t>(s)]) {
        const std::string from = "klient" + std::to_string(s) + "." + std::to_string(n++) + "@firma.example";
        c.write("MAIL FROM:<" + from + ">\r\nRCPT TO:<" + recipient + ">\r\nDATA\r\n");  // pipelined
        const int a = c.reply(), b = c.reply(), d = c.reply();
        if (a != 250 || b != 250 || d != 354) {
          ++refused;
          return;
        }
        const auto sent = Clock::now();
        c.write(bytes);
        if (c.reply() == 250) {
          ++accepted;
        } else {
          ++refused;
        }
        times[static_cast<std::size_t>(s)].push_back(
            std::chrono::duration<double, std::milli>(Clock::now() - sent).count());
      }
      c.write("QUIT\r\n");
      c.reply();
      ::close(c.fd);
    });
  }
  for (std::thread& t : threads) t.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  std::vector<double> all;
  for (const auto& list : times) all.insert(all.end(), list.begin(), list.end());
  std::sort(all.begin(), all.end());
  const auto percentile = [&](double p) {
    return all.empty()
               ? 0.0
               : all[std::min(all.size() - 1, static_cast<std::size_t>(p * static_cast<double>(all.size())))];
  };
  std::printf("{\"accepted\": %d, \"refused\": %d, \"per_s\": %.1f, \"p50_ms\": %.3f, \"p99_ms\": %.3f}\n",
              accepted.load(), refused.load(), accepted.load() / seconds, percentile(0.50), percentile(0.99));
  return refused == 0 ? 0 : 1;
}
