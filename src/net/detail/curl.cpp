#include "net/detail/curl.hpp"

#include <mutex>

#include "base/check.hpp"

namespace hejnal::net {

CurlHandle new_curl_handle() {
  static std::once_flag once;
  std::call_once(once, [] { HEJNAL_CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); });
  CurlHandle handle(curl_easy_init());
  HEJNAL_CHECK(handle);
  return handle;
}

void set_login(CURL* handle, const CurlLogin& login) {
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");  // no proxy from the environment
  const long ssl = login.starttls == StartTls::none     ? CURLUSESSL_NONE
                   : login.starttls == StartTls::try_it ? CURLUSESSL_TRY
                                                        : CURLUSESSL_ALL;
  curl_easy_setopt(handle, CURLOPT_USE_SSL, ssl);
  if (!login.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, login.ca_file.c_str());
  if (!login.user.empty()) {
    curl_easy_setopt(handle, CURLOPT_USERNAME, login.user.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, login.password.c_str());
    curl_easy_setopt(handle, CURLOPT_SASL_IR, 1L);  // saves a round trip
  }
}

}  // namespace hejnal::net
