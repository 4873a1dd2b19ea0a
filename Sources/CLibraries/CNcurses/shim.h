// What Swift cannot reach by itself: ncurses' macros and globals, and the handler that gives the
// terminal back when the process crashes (it may call nothing but async-signal-safe functions, so
// it cannot be Swift). The static state below belongs to the one Swift file that imports this.
#pragma once
// No feature macros of the C library here: with _GNU_SOURCE its headers would declare other types
// than those that Swift's Glibc module was built from.
#define NCURSES_WIDECHAR 1
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>
#include <ncursesw/curses.h>

extern int memfd_create(const char *name, unsigned flags);
extern int wcwidth(wchar_t character);
extern int posix_openpt(int flags);
extern int grantpt(int fd);
extern int unlockpt(int fd);
extern char *ptsname(int fd);

// Declared in term.h, which would also define several hundred macros.
extern int setupterm(const char *term, int fd, int *error);

enum {
  SCREEN_BOLD = 1,
  SCREEN_DIM = 2,
  SCREEN_REVERSE = 4,
  SCREEN_UNDERLINE = 8,
};

// Codes for the sequences that terminfo does not name.
enum {
  SCREEN_KEY_FOCUS_IN = 0x2001,
  SCREEN_KEY_FOCUS_OUT,
  SCREEN_KEY_PASTE_BEGIN,
  SCREEN_KEY_PASTE_END,
};

typedef struct {
  uint32_t base, mark, second_mark;
  uint16_t pair;
  uint8_t attributes, width;
} screen_cell;

static struct {
  SCREEN *screen;
  FILE *in, *out;
  int tty;            // our own descriptor of the terminal
  int private_modes;  // whether paste and focus reports were asked for
  char path[128];     // where the terminal can be opened again
  struct termios before;
  int captured;  // memory file that stands in for stdout and stderr
  int real_out, real_err;
} screen_state = {.tty = -1, .captured = -1, .real_out = -1, .real_err = -1};

static const char screen_modes_on[] = "\033[?2004h\033[?1004h";
static const char screen_modes_off[] = "\033[?2004l\033[?1004l";
static const char screen_restore[] =
    "\033[?2026l\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?1004l\033[?2004l"
    "\033[0m\033(B\017\033[?7h\033[r\033[?1l\033>\033[?25h\033[?1049l\r\n";

static inline void screen_write(int fd, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(fd, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    count -= (size_t)written;
  }
}

// Whether terminfo knows this terminal and can move its cursor and clear it.
static inline int screen_is_usable(const char *term, int fd) {
  int error = 0;
  if (setupterm(term, fd, &error) != OK) return 0;
  const char *move = tigetstr("cup"), *clear_all = tigetstr("clear");
  return move && move != (char *)-1 && clear_all && clear_all != (char *)-1;
}

static inline void screen_settle_modes(void) {
  raw();
  noecho();
  nonl();
  intrflush(stdscr, FALSE);
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  leaveok(stdscr, TRUE);
  scrollok(stdscr, FALSE);
  idlok(stdscr, FALSE);
  curs_set(0);
}

static inline int screen_open(const char *term, int in, int out, int private_modes) {
  screen_state.tty = fcntl(out, F_DUPFD_CLOEXEC, 3);
  int input = fcntl(in, F_DUPFD_CLOEXEC, 3);
  if (screen_state.tty < 0 || input < 0) return 0;
  if (tcgetattr(screen_state.tty, &screen_state.before) != 0) return 0;
  if (ttyname_r(screen_state.tty, screen_state.path, sizeof screen_state.path) != 0)
    screen_state.path[0] = 0;
  screen_state.out = fdopen(screen_state.tty, "w");
  screen_state.in = fdopen(input, "r");
  if (!screen_state.out || !screen_state.in) return 0;
  screen_state.screen = newterm(term, screen_state.out, screen_state.in);
  if (!screen_state.screen) return 0;
  set_escdelay(25);
  screen_settle_modes();
  define_key("\033[I", SCREEN_KEY_FOCUS_IN);
  define_key("\033[O", SCREEN_KEY_FOCUS_OUT);
  define_key("\033[200~", SCREEN_KEY_PASTE_BEGIN);
  define_key("\033[201~", SCREEN_KEY_PASTE_END);
  define_key("\033[Z", KEY_BTAB);
  define_key("\033[H", KEY_HOME);
  define_key("\033[F", KEY_END);
  define_key("\033[1~", KEY_HOME);
  define_key("\033[4~", KEY_END);
  define_key("\033[A", KEY_UP);
  define_key("\033[B", KEY_DOWN);
  define_key("\033[C", KEY_RIGHT);
  define_key("\033[D", KEY_LEFT);
  screen_state.private_modes = private_modes;
  if (private_modes)
    screen_write(screen_state.tty, screen_modes_on, sizeof screen_modes_on - 1);
  return 1;
}

// Gives back how many colours there are; 0 when the terminal has none.
static inline int screen_start_colours(void) {
  if (!has_colors() || start_color() != OK) return 0;
  use_default_colors();
  return COLORS;
}

static inline int screen_set_pair(int pair, int foreground) {
  return init_extended_pair(pair, foreground, -1) == OK;
}

static inline void screen_leave(void) {
  if (screen_state.private_modes)
    screen_write(screen_state.tty, screen_modes_off, sizeof screen_modes_off - 1);
  endwin();
}

static inline void screen_close(void) {
  if (!screen_state.screen) return;
  flushinp();
  screen_leave();
  tcflush(screen_state.tty, TCIFLUSH);
  tcsetattr(screen_state.tty, TCSANOW, &screen_state.before);
  delscreen(screen_state.screen);
  screen_state.screen = NULL;
}

static inline int screen_size(int *rows, int *columns) {
  struct winsize size;
  if (ioctl(screen_state.tty, TIOCGWINSZ, &size) != 0) return 0;
  if (size.ws_row == 0 || size.ws_col == 0) return 0;
  *rows = size.ws_row;
  *columns = size.ws_col;
  return 1;
}

static inline void screen_resize(int rows, int columns) {
  resizeterm(rows, columns);
  clearok(curscr, TRUE);
}

static inline void screen_repaint(void) { clearok(curscr, TRUE); }

static inline void screen_put(int y, int x, const screen_cell *cells, int count) {
  cchar_t row[count > 0 ? count : 1];
  int filled = 0;
  for (int i = 0; i < count; i++) {
    const screen_cell *cell = &cells[i];
    if (cell->width == 0) continue;  // the right half of the cell before it
    wchar_t text[4] = {(wchar_t)cell->base, 0, 0, 0};
    if (cell->base > 0x7e) {
      // ncurses lays rows out by wcwidth; where it disagrees with us, it must not see the character.
      if (wcwidth((wchar_t)cell->base) != cell->width) {
        text[0] = L'?';
      } else if (cell->mark) {
        text[1] = (wchar_t)cell->mark;
        text[2] = (wchar_t)cell->second_mark;
      }
    } else if (cell->mark && wcwidth((wchar_t)cell->mark) == 0) {
      text[1] = (wchar_t)cell->mark;
      text[2] = (wchar_t)cell->second_mark;
    }
    attr_t attributes = A_NORMAL;
    if (cell->attributes & SCREEN_BOLD) attributes |= A_BOLD;
    if (cell->attributes & SCREEN_DIM) attributes |= A_DIM;
    if (cell->attributes & SCREEN_REVERSE) attributes |= A_REVERSE;
    if (cell->attributes & SCREEN_UNDERLINE) attributes |= A_UNDERLINE;
    int pair = cell->pair;
    if (setcchar(&row[filled], text, attributes, 0, &pair) != OK) {
      text[0] = L'?';
      text[1] = 0;
      setcchar(&row[filled], text, attributes, 0, &pair);
    }
    filled++;
    if (cell->width == 2 && text[0] == L'?') {
      text[0] = L' ';
      setcchar(&row[filled++], text, attributes, 0, &pair);
    }
  }
  mvadd_wchnstr(y, x, row, filled);
}

static inline void screen_flush(void) {
  wnoutrefresh(stdscr);
  doupdate();
}

// The next key: 0 none, 1 a character in *code, 2 a function key in *code.
static inline int screen_key(int *code) {
  wint_t value = 0;
  switch (get_wch(&value)) {
    case OK:
      *code = (int)value;
      return 1;
    case KEY_CODE_YES:
      *code = (int)value;
      return 2;
    default:
      return 0;
  }
}

// Stops the process as Ctrl-Z would, and comes back when it continues. The caller blocks SIGTSTP.
static inline void screen_suspend(void) {
  struct sigaction stop = {.sa_handler = SIG_DFL};
  sigset_t set;
  screen_leave();
  sigaction(SIGTSTP, &stop, NULL);
  sigemptyset(&set);
  sigaddset(&set, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  raise(SIGTSTP);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  reset_prog_mode();
  screen_settle_modes();
  if (screen_state.private_modes)
    screen_write(screen_state.tty, screen_modes_on, sizeof screen_modes_on - 1);
  clearok(curscr, TRUE);
}

// Keeps what libraries print off the screen; a stream that is no terminal is left alone.
static inline void screen_capture(void) {
  screen_state.captured = memfd_create("anyllm-stderr", 1 /* MFD_CLOEXEC */);
  if (screen_state.captured < 0) return;
  fcntl(screen_state.captured, F_SETFL, O_APPEND);
  if (isatty(1)) {
    screen_state.real_out = fcntl(1, F_DUPFD_CLOEXEC, 3);
    dup2(screen_state.captured, 1);
  }
  if (isatty(2)) {
    screen_state.real_err = fcntl(2, F_DUPFD_CLOEXEC, 3);
    dup2(screen_state.captured, 2);
  }
}

static inline void screen_replay(void) {
  char bytes[4096];
  off_t at = 0;
  if (screen_state.captured < 0) return;
  if (screen_state.real_out >= 0) dup2(screen_state.real_out, 1);
  if (screen_state.real_err >= 0) dup2(screen_state.real_err, 2);
  for (;;) {
    ssize_t count = pread(screen_state.captured, bytes, sizeof bytes, at);
    if (count <= 0) break;
    screen_write(2, bytes, (size_t)count);
    at += count;
  }
  screen_state.captured = -1;
}

// Forgets all but the end of what was captured once it is larger than a mebibyte.
static inline void screen_bound_capture(void) {
  static char tail[16384];
  struct stat facts;
  if (screen_state.captured < 0 || fstat(screen_state.captured, &facts) != 0) return;
  if (facts.st_size < (1 << 20)) return;
  ssize_t count =
      pread(screen_state.captured, tail, sizeof tail, facts.st_size - (off_t)sizeof tail);
  if (ftruncate(screen_state.captured, 0) == 0 && count > 0)
    screen_write(screen_state.captured, tail, (size_t)count);
}

// Gives the terminal back without ncurses and without waiting for it; for when the thread that owns
// the screen is stuck in a write.
static inline void screen_abandon(void) {
  if (!screen_state.screen || !screen_state.path[0]) return;
  int fd = open(screen_state.path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return;
  tcflush(fd, TCOFLUSH);
  screen_write(fd, screen_restore, sizeof screen_restore - 1);
  tcsetattr(fd, TCSANOW, &screen_state.before);
}

// Gives the terminal back and dies of the same signal. The runtime's own backtracer, which had the
// signal before, is left out: it would hold the port for up to a minute, asking questions on the
// terminal. Without a screen it runs as ever.
static void screen_on_fatal(int signal) {
  if (screen_state.screen) {
    screen_write(screen_state.tty, screen_restore, sizeof screen_restore - 1);
    tcsetattr(screen_state.tty, TCSANOW, &screen_state.before);
    screen_replay();
  }
  raise(signal);
}

static inline void screen_guard_crashes(void) {
  static char stack[65536];
  static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, NULL);
  for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++) {
    struct sigaction action = {.sa_flags = SA_ONSTACK | (int)SA_RESETHAND | SA_NODEFER};
    action.sa_handler = screen_on_fatal;
    sigaction(fatal[i], &action, NULL);
  }
}

static inline void screen_print_restore(int fd) {
  screen_write(fd, screen_restore, sizeof screen_restore - 1);
}

// Takes the locale for characters only, and tells whether it is UTF-8.
static inline int screen_set_locale(const char *name) {
  if (!setlocale(LC_CTYPE, name)) return 0;
  return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static inline int screen_is_foreground(int fd) { return tcgetpgrp(fd) == getpgrp(); }

// A pseudo terminal of the given size: its two ends in *master and *terminal.
static inline int screen_make_terminal(int rows, int columns, int *master, int *terminal) {
  int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0 || grantpt(fd) != 0 || unlockpt(fd) != 0) return 0;
  const char *path = ptsname(fd);
  if (!path) return 0;
  int other = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (other < 0) return 0;
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  ioctl(fd, TIOCSWINSZ, &size);
  *master = fd;
  *terminal = other;
  return 1;
}
