# One place for what every file of ours is compiled with.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(hejnal_options INTERFACE)
target_compile_options(hejnal_options INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wpedantic -Wnon-virtual-dtor -Woverloaded-virtual -Werror
  -fno-omit-frame-pointer -g1)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(hejnal_options INTERFACE -O2 -fstack-protector-strong)
  # NDEBUG would change nothing of ours: HEJNAL_CHECK stays on in every build.
endif()
if(HEJNAL_SANITIZE)
  target_compile_options(hejnal_options INTERFACE -fsanitize=${HEJNAL_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(hejnal_options INTERFACE -fsanitize=${HEJNAL_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND HEJNAL_SANITIZE MATCHES "undefined")
    target_compile_options(hejnal_options INTERFACE -fno-sanitize=function)  # clang 14 cannot compile coroutines with it
  endif()
endif()
if(HEJNAL_FUZZ)
  target_compile_options(hejnal_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
