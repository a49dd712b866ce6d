# SPDX-License-Identifier: EUPL-1.2
# Language level, warnings, sanitizers and build helpers, the same for every room.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)

option(URNA_FUZZ "Build the fuzz targets (needs clang)" OFF)
set(URNA_SANITIZE "" CACHE STRING "Sanitizers for all targets, e.g. address,undefined or thread")
option(URNA_SANITIZE_ALL "Also what makes compiling longest: pointers before each use, and sources full of vectors" OFF)

add_compile_options(-Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor
                    -Wold-style-cast -Wcast-align -Woverloaded-virtual -Wimplicit-fallthrough)
# g++ 12 reports impossible sizes inside std::string (GCC bug 105651) and members of the alternative
# that a std::variant does not hold as uninitialised (GCC bug 80635). clang-tidy and the sanitizer
# builds look for the real ones.
add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
if(URNA_WERROR)
  add_compile_options(-Werror)
endif()
# Floating point must mean the same on every machine: no contraction into fused operations.
add_compile_options(-ffp-contract=off)

if(URNA_SANITIZE)
  add_compile_options(-fsanitize=${URNA_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${URNA_SANITIZE})
  # An eighth of the compiler's time and a third of the code, for what AddressSanitizer sees but for misaligned access.
  if(NOT URNA_SANITIZE_ALL)
    add_compile_options(-fno-sanitize=null,alignment)
  endif()
  # clang 14 cannot put the types of functions before coroutines that it has split.
  add_compile_options($<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
  # Asio's fences, which ThreadSanitizer does not see, stand beside locks that it sees.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Without the first, it takes nothing with a precompiled header; without the second, it reads every source
  # twice the first time.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_DEPEND=1
      ${CCACHE_PROGRAM})
endif()

# Two hundred programs are linked from the same rooms: the usual linker takes five times as long.
find_program(LLD_PROGRAM ld.lld)
if(LLD_PROGRAM AND NOT URNA_FUZZ)
  add_link_options(-fuse-ld=lld)
endif()
